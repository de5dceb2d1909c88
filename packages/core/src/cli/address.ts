/** `carpool address`: addresses of the host of this machine, for other machines: another one, or none any more. */
import { HostClient } from '../client/client.ts';
import { livingMachineHost, findMachineFolder } from '../hosts/machine-folder.ts';
import type { InviteRequest, RevokeResult } from '../wire/machine-messages.ts';
import { count } from './ps/units.ts';

export interface AddressOptions {
  /** For whom it is. */
  readonly for?: string;
  /** Milliseconds for which it opens connections; `Infinity`: as long as the host lives. */
  readonly expires?: number;
  /** For whom those were that are taken back. */
  readonly revoke?: string;
}

/** Milliseconds for a host that runs. */
const answerTimeout = 5_000;

/**
 * Prints the same address by each name of this machine, a line each; or takes those of a name back.
 * @throws CarpoolError HUB_REJECTED if it does not listen, or has given out none of that name
 */
export async function address({ for: name, expires, revoke: revoked }: AddressOptions): Promise<number> {
  if ((name === undefined) === (revoked === undefined)) {
    console.error('carpool: give `--for NAME` for another address, or `--revoke NAME` to take those of a name back');
    return 1;
  }
  if (name === undefined && expires !== undefined) {
    console.error('carpool: `--expires` is of another address: give it with `--for NAME`');
    return 1;
  }
  const found = livingMachineHost(findMachineFolder());
  if (found === undefined) {
    console.error(
      'carpool: there is no host of this machine; `carpool serve --listen HOST:PORT` starts one for other machines',
    );
    return 1;
  }
  if (name !== undefined)
    for (const one of await invite(found.address, { name, expires: expires === Infinity ? undefined : expires }))
      console.log(one);
  if (revoked !== undefined) await revoke(found.address, revoked);
  return 0;
}

/** @param host its address on this machine */
export async function invite(host: string, request: Omit<InviteRequest, 'method'>): Promise<readonly string[]> {
  const { addresses } = await asking(host, (client) => client.ask({ method: 'invite', ...request }, answerTimeout));
  return addresses;
}

async function revoke(host: string, name: string): Promise<void> {
  const ask = (client: HostClient): Promise<RevokeResult> => client.ask({ method: 'revoke', name }, answerTimeout);
  const { addresses, connections } = await asking(host, ask);
  const ended = connections === 0 ? 'nothing was connected' : `${count(connections, 'connection')} ended`;
  console.log(`carpool: ${count(addresses, 'address', 'addresses')} of ${JSON.stringify(name)} revoked; ${ended}`);
}

async function asking<R>(host: string, ask: (client: HostClient) => Promise<R>): Promise<R> {
  const client = await HostClient.connect({ address: host, runner: 'carpool address', observer: true });
  try {
    return await ask(client);
  } finally {
    client.close();
  }
}
