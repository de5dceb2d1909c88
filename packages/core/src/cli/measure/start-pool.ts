/** One start of the child of a pool, by a host, until it has said its hello. */
import { systemClock } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import { HostClient } from '../../client/client.ts';
import { unknownPool } from '../../client/provided.ts';
import { answering, startMeasuredHost } from './measured-host.ts';
import type { Started } from './start-command.ts';
import { usageOfGroup } from './usage.ts';

export interface StartPoolOptions {
  /** A config file, instead of the nearest one. */
  readonly config?: string | undefined;
  readonly signal: AbortSignal;
}

export interface StartedPool extends Started {
  /** The pool knows no hello, so that its first session, opened and closed, was the sign. */
  readonly withoutHello: boolean;
}

/** The host keeps the deadlines of the pool; this one bounds the wait for a host that hangs. */
const limit = 10 * 60 * 1000;

/** @throws CarpoolError CONFIG_INVALID, HUB_UNREACHABLE, and as `register`; the reason of `signal` */
export async function startPool(pool: string, { config, signal }: StartPoolOptions): Promise<StartedPool> {
  signal.throwIfAborted();
  await using host = await startMeasuredHost({ root: process.cwd(), configFile: config });
  const { pools, sharedWorkers } = await host.configured;
  const names = pools.filter((name) => name !== answering);
  if (!names.includes(pool)) throw unknownPool(pool, names, sharedWorkers);
  const client = await HostClient.connect({ address: host.address, runner: 'measure' });
  try {
    const expired = (): Error => new Error('unreachable: the host keeps the deadlines of the pool');
    return await within(start(client, pool), { clock: systemClock, timeout: limit, signal, expired });
  } finally {
    client.close();
  }
}

async function start(client: HostClient, pool: string): Promise<StartedPool> {
  // The host loads what it needs for children with the first one, and that is no cost of this pool.
  await client.start(answering);
  const began = systemClock.now();
  await client.start(pool);
  const greeted = systemClock.now();
  const stats = await client.stats();
  const pid = stats.find(({ name }) => name === pool)?.pid;
  const usage = pid === undefined ? { cpu: undefined, memory: undefined } : usageOfGroup(pid);
  const session = await client.register(pool);
  await session.unregister();
  if (session.hello !== undefined) return { wall: greeted - began, ...usage, withoutHello: false };
  const wall = systemClock.now() - began;
  return { wall, ...(pid === undefined ? usage : usageOfGroup(pid)), withoutHello: true };
}
