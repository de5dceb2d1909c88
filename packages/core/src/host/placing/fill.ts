/** How full a pool and how busy a machine is, counted in the same way for its own runs and for what it offers to others. */
import { availableParallelism, loadavg } from 'node:os';
import type { PoolStats } from '../../pool/types.ts';

export interface Fill {
  readonly slots: number;
  readonly free: number;
  readonly queued: number;
}

/** @param own registrations that the pool may not have seen yet, with those that it has */
export function fillOf(
  { maxSessions, open, queued, quarantined }: Pick<PoolStats, 'maxSessions' | 'open' | 'queued' | 'quarantined'>,
  own = 0,
): Fill {
  const slots = Math.max(maxSessions - quarantined, 0);
  const used = Math.max(open + queued, own);
  // Where some wait, none is free for the next: a child may not start, or may be blocked.
  const free = queued > 0 ? 0 : Math.max(slots - used, 0);
  return { slots, free, queued: Math.max(used - slots, queued) };
}

/** How many processes want a processor, for each that there is: over the last minute; 0 on Windows, which does not tell. */
export function loadOfMachine(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}
