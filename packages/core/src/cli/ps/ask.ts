/** Asks each host of this user what it serves, all at once and within a deadline: one that is stopped costs no more. */
import { dirname } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { isCarpoolError } from '../../base/errors.ts';
import { messageOf } from '../../base/thrown.ts';
import { version } from '../../base/version.ts';
import { within } from '../../base/wait.ts';
import { HostClient } from '../../client/client.ts';
import { abandonedHosts } from '../../hosts/abandoned-hosts.ts';
import { livingHosts, recordedChildren, type LivingHost } from '../../hosts/living-hosts.ts';
import { isRunning } from '../../process/identity.ts';
import { addressVariable, isRemote, localPath, parseAddress, placeName } from '../../wire/address.ts';
import type { StatusResult } from '../../wire/status.ts';
import { usageOfGroup } from '../../process/usage.ts';
import type { AnsweringHost, HostView, LeftBehind, Processes, SilentHost } from './types.ts';

/** Milliseconds in which a host must have answered. */
export const answerTimeout = 1_500;
/** Milliseconds after the beginning, after which no more memory is looked at. */
const memoryLimit = 1_900;

export interface AskOptions {
  /** Entries of each list. */
  readonly most: number;
  /** Default: where the hosts of this user are. */
  readonly bases?: readonly string[] | undefined;
}

/** What is known of a host, and whether its pids are processes of this PID namespace. */
interface Seen {
  readonly host: HostView;
  readonly samePids: boolean;
}

export async function processes({ most, bases }: AskOptions): Promise<Processes> {
  const began = performance.now();
  const time = new Date().toISOString();
  const found = livingHosts(bases);
  const asked = found.map(async (living) => {
    const host = await askHost(living, most);
    return host === undefined ? undefined : { host, samePids: living.samePids };
  });
  const leaving = leftBehind(bases);
  const seen = (await Promise.all([...asked, ...namedHosts(found, most)])).filter((one) => one !== undefined);
  const hosts = seen
    .toSorted((x, y) => compareHosts(x.host, y.host))
    .map(({ host, samePids }) => (samePids ? withMemory(host, began) : host));
  return { version: 1, carpool: version, time, hosts, left: await leaving };
}

async function leftBehind(bases: readonly string[] | undefined): Promise<LeftBehind[]> {
  const gone = await abandonedHosts(bases);
  const all = gone.map((host) => ({ folder: host.folder, pid: host.record.pid, children: recordedChildren(host) }));
  return all.filter(({ children }) => children.length > 0);
}

/**
 * @param timeout milliseconds, after which the connection is given up
 * @throws CarpoolError HUB_UNREACHABLE, HUB_LOST, HUB_REJECTED, in time
 */
export async function statusOf(address: string, most: number, timeout: number = answerTimeout): Promise<StatusResult> {
  const asking = (async () => {
    const client = await HostClient.connect({ address, runner: 'carpool ps', observer: true, timeout });
    try {
      return await client.ask({ method: 'status', most }, timeout);
    } finally {
      client.close();
    }
  })();
  const expired = (): Error => new Error(noAnswerIn(timeout));
  return await within(asking, { clock: systemClock, timeout, expired });
}

function noAnswerIn(timeout: number): string {
  return `it does not answer within ${timeout / 1_000} s: it is stopped, or code that runs in it blocks it`;
}

/** Undefined: it has ended, or nothing proves that it is there. */
async function askHost(host: LivingHost, most: number): Promise<HostView | undefined> {
  const { folder, record, address, samePids, machine } = host;
  try {
    return { ...(await statusOf(address, most)), state: 'answers', folder } satisfies AnsweringHost;
  } catch (thrown) {
    if (samePids && process.platform !== 'win32' && !isRunning(record)) return undefined;
    const refused = isCarpoolError(thrown, 'HUB_REJECTED');
    if (!samePids && !refused) return undefined;
    const kind = machine === undefined ? 'run' : 'machine';
    const pid = samePids ? record.pid : undefined;
    const about = { folder, kind, pid, children: recordedChildren(host) } as const;
    return { ...about, state: refused ? 'refused' : 'silent', reason: reasonOf(thrown) } satisfies SilentHost;
  }
}

function reasonOf(thrown: unknown): string {
  const late = isCarpoolError(thrown) && (thrown.code === 'HUB_LOST' || thrown.context['timeout'] !== undefined);
  return late ? noAnswerIn(answerTimeout) : messageOf(thrown);
}

/** The host that the environment names, if it is none of those that were found. */
function namedHosts(found: readonly LivingHost[], most: number): Promise<Seen>[] {
  const address = process.env[addressVariable];
  if (address === undefined || address === '') return [];
  const place = parseAddress(address);
  if (!isRemote(place) && found.some((host) => localPath(host.address) === place.path)) return [];
  const folder = isRemote(place) ? placeName(place) : dirname(place.path);
  const asked = statusOf(address, most).then(
    (status): HostView => ({ ...status, state: 'answers', folder }),
    (thrown: unknown): HostView => {
      const reason = `${addressVariable} names it: ${reasonOf(thrown)}`;
      return { state: 'silent', reason, folder, kind: 'run', children: [] };
    },
  );
  return [asked.then((host) => ({ host, samePids: false }))];
}

/** The machine's first, those of it that leave next, those that do not answer last, and the oldest before the younger. */
function compareHosts(a: HostView, b: HostView): number {
  const place = (host: HostView): number =>
    host.state !== 'answers' ? 3 : host.kind !== 'machine' ? 2 : host.leaving === undefined ? 0 : 1;
  const age = (host: HostView): number => (host.state === 'answers' ? host.age : 0);
  return place(a) - place(b) || age(b) - age(a) || (a.pid ?? 0) - (b.pid ?? 0);
}

function withMemory(host: HostView, began: number): HostView {
  const memory = (pid: number | undefined): number | undefined =>
    pid === undefined || performance.now() - began > memoryLimit ? undefined : usageOfGroup(pid).memory?.total;
  const own = memory(host.pid);
  if (host.state !== 'answers') return { ...host, memory: own };
  const pools = host.pools.map((pool) => ({
    ...pool,
    children: pool.children.map((child) => ({ ...child, memory: memory(child.pid) })),
  }));
  return { ...host, memory: own, pools };
}
