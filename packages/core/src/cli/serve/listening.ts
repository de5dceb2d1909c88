/** What stands in the way of a host that is to listen for other machines. */
import { lookup } from 'node:dns/promises';
import { fromRecord, isCarpoolError, toRecord } from '../../base/errors.ts';
import { messageOf } from '../../base/thrown.ts';
import { livingHosts } from '../../hosts/living-hosts.ts';
import { parseHostAndPort, type RemotePlace } from '../../wire/address.ts';
import type { StatusResult } from '../../wire/status.ts';
import { statusOf } from '../ps/ask.ts';
import { leavingText } from '../ps/text.ts';

type ListenPlace = Pick<RemotePlace, 'host' | 'port'>;

/** On stderr, and no failure: it may resolve on the other machines alone. @param name of this machine */
export async function tellUnknownName(name: string): Promise<void> {
  try {
    await lookup(name);
  } catch (thrown) {
    console.error(
      `carpool: the name ${name} does not resolve on this machine (${messageOf(thrown)}). Other machines reach this host by that name alone: it must resolve there`,
    );
  }
}

/** What a start has failed with; where the port is taken by a host of this user, with its pid, and how it is ended. */
export async function withListener(thrown: unknown, place: ListenPlace): Promise<unknown> {
  if (!isCarpoolError(thrown) || thrown.context['system'] !== 'EADDRINUSE') return thrown;
  const holder = await listenerAt(place);
  if (holder === undefined) return thrown;
  const { pid, version, leaving } = holder;
  const what =
    leaving === undefined
      ? `a host of this machine, carpool ${version}: \`carpool stop ${pid}\` ends it, with all that it serves`
      : `a host of this machine that is leaving: ${leavingText(leaving)}. Start this one when it has ended; \`carpool stop ${pid}\` ends it at once`;
  const message = `${thrown.message}. Process ${pid} listens there, ${what}`;
  return fromRecord({ ...toRecord(thrown), message }, { stack: '' });
}

/** Of the hosts of this user that answer. */
async function listenerAt(place: ListenPlace): Promise<StatusResult | undefined> {
  const asked = livingHosts().map(({ address }) => statusOf(address, 0).catch(() => undefined));
  return (await Promise.all(asked)).find((status) => {
    const at = parseHostAndPort(status?.listens?.at ?? '');
    return (
      at !== undefined && at.port === place.port && (at.host === place.host || isAny(at.host) || isAny(place.host))
    );
  });
}

/** All addresses of the machine. */
function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
