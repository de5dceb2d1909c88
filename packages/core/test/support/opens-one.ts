/**
 * A call that comes back to the queue: its child dies while its session is opened, and the one that waited behind it has the
 * slot of the next child.
 */
import type { SessionFieldOptions } from '../../src/protocol/session-field.ts';
import type { ChildPool } from '../../src/pool/pool.ts';
import { pool, programProtocol, until } from './pools.ts';

export const openedProtocol: SessionFieldOptions = {
  ...programProtocol,
  open: { send: { type: 'open' }, expect: { type: 'opened' } },
};

/** Each child has one slot, and opens its first session alone. */
export function opensOne(): ChildPool {
  return pool('opens-one', { maxSessions: 1, protocol: openedProtocol });
}

/**
 * Resolves when the session of the first call is being opened, in vain, and the second one waits.
 * @param first makes a call that waits @param second one that waits behind it
 */
export async function openingInVain<First, Second>(
  opens: ChildPool,
  first: () => First,
  second: () => Second,
): Promise<{ readonly first: First; readonly second: Second }> {
  const before = await opens.register();
  const made = first();
  await until('one waits', () => opens.stats().queued === 1);
  await before.unregister();
  await until('its session is being opened', () => opens.status(1).sessions[0]?.id === 's2');
  const behind = second();
  await until('another one waits', () => opens.stats().queued === 1);
  return { first: made, second: behind };
}

export function killChild(opens: ChildPool): void {
  for (const pid of opens.stats().pids) process.kill(pid, 'SIGKILL');
}
