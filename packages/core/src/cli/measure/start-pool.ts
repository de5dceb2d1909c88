/** Starts of the child of a pool, until it has said its hello. */
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import { unknownPool } from '../../client/unknown-name.ts';
import { loadConfig } from '../../config/load.ts';
import { poolSettings, type PoolSettings } from '../../pool/options.ts';
import { ChildPool } from '../../pool/pool.ts';
import type { Started } from './start-command.ts';
import { usageOfGroup } from '../../process/usage.ts';

export interface MeasuredPool {
  /** Without a hello the sign is the end of a first session, which the child confirms if its protocol asks for that. */
  readonly hasHello: boolean;
  /**
   * Starts a child and stops it again.
   * @throws CarpoolError as `register`; the reason of the signal
   */
  start(signal: AbortSignal): Promise<Started>;
}

/** The pool keeps deadlines of its own. This one is for a `command` function that hangs. Milliseconds. */
const limit = 10 * 60 * 1000;

/**
 * The pool is used in this process: what a host adds to a start, because it has just been started itself, is no cost of
 * the child.
 * @param config a config file, instead of the nearest one
 * @throws CarpoolError CONFIG_INVALID
 */
export async function measuredPool(name: string, config: string | undefined): Promise<MeasuredPool> {
  const { pools, sharedWorkers, folder } = await loadConfig({ root: process.cwd(), configFile: config });
  const options = new Map(Object.entries(pools)).get(name);
  if (options === undefined) {
    throw unknownPool(name, { pools: Object.keys(pools), sharedWorkers: Object.keys(sharedWorkers) });
  }
  const settings = poolSettings(name, { ...options, cwd: resolve(folder, options.cwd ?? '.') });
  return { hasHello: settings.protocol().hello !== undefined, start: (signal) => startOnce(settings, signal) };
}

async function startOnce(settings: PoolSettings, signal: AbortSignal): Promise<Started> {
  signal.throwIfAborted();
  await using pool = new ChildPool(settings);
  const expired = (): Error => new Error(`The pool did not start within ${Math.round(limit)} ms`);
  const began = systemClock.now();
  await within(untilReady(pool), { clock: systemClock, timeout: limit, signal, expired });
  const wall = systemClock.now() - began;
  const [pid] = pool.stats().pids;
  return { wall, ...(pid === undefined ? { cpu: undefined, memory: undefined } : usageOfGroup(pid)) };
}

async function untilReady(pool: ChildPool): Promise<void> {
  await pool.start();
  if (pool.settings.protocol().hello !== undefined) return;
  const session = await pool.register();
  await session.unregister();
}
