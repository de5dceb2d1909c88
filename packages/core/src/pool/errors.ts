/** What `register` fails with when there is no slot: the errors name the holders, so that the reader can go and look. */
import { CarpoolError } from '../base/errors.ts';
import { describeHolder, nameOf, type HolderLabel, type Holding } from '../base/holder-label.ts';

export interface Holder extends Holding {
  /** The id of the session; absent while it is being opened. */
  readonly session?: string | undefined;
}

/** A pool without a free slot. */
export interface Occupancy {
  readonly pool: string;
  readonly capacity: number;
  readonly children: number;
  readonly maxQueued: number;
  readonly quarantined: number;
  /** Slots without a session whose child is not gone yet. */
  readonly ending: number;
  /** Children that all pools of the host may have, where the call waits for one of others to end. */
  readonly capped?: number | undefined;
  readonly holders: readonly Holder[];
}

/** @param wait the caller would have waited, but the queue is full too */
export function fullError(occupancy: Occupancy, wait: boolean): CarpoolError {
  const { pool, capacity, maxQueued, holders } = occupancy;
  const queue = wait ? `, and ${maxQueued} calls wait already` : '';
  const message = `Cannot register a session: ${slots(occupancy, 'is', 'are')} busy in "${pool}"${queue}; ${describeOccupancy(occupancy)}`;
  return new CarpoolError('POOL_FULL', message, { context: { pool, max: capacity, holders } });
}

export function queueTimeoutError(occupancy: Occupancy, timeout: number): CarpoolError {
  const { pool, capacity, children, holders } = occupancy;
  const what = `${slots(occupancy, 'was', 'were')} busy in "${pool}" for ${timeout} ms; ${describeOccupancy(occupancy)}`;
  const raise = children === 1 ? '`maxSessions`' : '`maxSessions` with `children`';
  const message = `Cannot register a session: ${what}. Unregister sessions (\`await using\`), or raise ${raise}`;
  return new CarpoolError('POOL_QUEUE_TIMEOUT', message, { context: { pool, max: capacity, timeout, holders } });
}

/** About a call that waits, for as long as it does. */
export function slotWait(occupancy: Occupancy, holder: HolderLabel | undefined, seconds: number): string {
  const name = holder?.test === undefined && holder?.file === undefined ? '' : ` of ${nameOf(holder, 'a test')}`;
  return `a session${name} has waited ${seconds} s for a slot; ${slots(occupancy, 'is', 'are')} busy: ${describeOccupancy(occupancy)}`;
}

function slots({ capacity, children, capped }: Occupancy, one: string, many: string): string {
  if (capped !== undefined) return `the slots on all children that may run ${many}`;
  if (capacity === 1) return `the only slot ${one}`;
  return children === 1 ? `all ${capacity} slots ${many}` : `all ${capacity} slots on ${children} children ${many}`;
}

function describeOccupancy({ holders, quarantined, ending, capped }: Occupancy): string {
  const parts = holders.map((holder) => describeHolder(holder, 'a session'));
  if (capped !== undefined) {
    const most = Number.isFinite(capped) ? (capped === 1 ? '1 child' : `${capped} children`) : 'only so much memory';
    parts.push(`another child waits for its turn, because all pools of this machine may have ${most} together`);
  }
  if (quarantined > 0) parts.push(`${quarantined} lost to sessions whose end the child did not confirm`);
  if (ending > 0) parts.push(`${ending} on ${ending === 1 ? 'a child that is' : 'children that are'} about to end`);
  return parts.length === 0 ? 'no holder is known' : parts.join(', ');
}
