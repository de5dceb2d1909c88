/** What tells a pool from the others of its host: its id, and where there is none, its name. */
import type { PoolStatus } from '../../../pool/status.ts';
import type { ObservedMessage } from '../../../wire/observe.ts';

export function keyOf({ id, name }: Pick<PoolStatus, 'id' | 'name'>): string {
  return id ?? name;
}

/** Of a message or of a session. */
export function poolOf({ poolId, pool }: Pick<ObservedMessage, 'pool' | 'poolId'>): string {
  return poolId ?? pool;
}

/** How it is called among these: by its name, where that says which it is. */
export function labelOf(pool: PoolStatus, all: readonly PoolStatus[]): string {
  return all.some((other) => other !== pool && other.name === pool.name) ? keyOf(pool) : pool.name;
}
