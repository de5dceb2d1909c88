/** What `register` fails with when there is no slot: the errors name the holders, so that the reader can go and look. */
import { CarpoolError } from '../base/errors.ts';
import { describeHeld, duration, nameOf, type HolderLabel, type Holding } from '../base/holder-label.ts';
import type { Relation } from './holder-relation.ts';

/** Holders that an error names; it counts the others. */
const mostNamed = 8;

export interface Holder extends Holding {
  /** The id of the session; absent while it is being opened. */
  readonly session?: string | undefined;
  /** To the call that reads it. Absent: none is known. */
  readonly relation?: Relation | undefined;
}

/** What has ended the wait for a slot. */
export interface Limit {
  /** Milliseconds. */
  readonly timeout: number;
  /** Of those, in this queue. */
  readonly queued: number;
  /** Whose it is: an option of the call, the config, or the rest of the time of the test. */
  readonly by: 'call' | 'config' | 'test';
  /** Milliseconds that the call or the config allows, where the test ends before. */
  readonly allowed?: number | undefined;
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
  /** Why children get no sessions at the moment, half a sentence for each of those. */
  readonly suspicions: readonly string[];
  /** Children that all pools of the host may have, where the call waits for one of others to end. */
  readonly capped?: number | undefined;
  /** Other hosts that offer the pool, without a free slot either. Absent: the call can go to no other host. */
  readonly fullElsewhere?: number | undefined;
  readonly holders: readonly Holder[];
}

/** @param wait the caller would have waited, but the queue is full too */
export function fullError(occupancy: Occupancy, wait: boolean): CarpoolError {
  const { pool, capacity, maxQueued, holders } = occupancy;
  const queue = wait ? `, and ${maxQueued} calls wait already` : '';
  const message = `Cannot register a session: ${slots(occupancy, 'is', 'are')} busy in "${pool}"${queue}; ${describeOccupancy(occupancy)}${elsewhere(occupancy, 'are')}`;
  return new CarpoolError('POOL_FULL', message, { context: { pool, max: capacity, holders } });
}

/** @param turns other calls that got a slot while this one waited */
export function queueTimeoutError(occupancy: Occupancy, limit: Limit, turns: number): CarpoolError {
  const { pool, capacity, holders } = occupancy;
  const { timeout, by } = limit;
  const crowded = isCrowded(occupancy, limit, turns);
  const others = describeOccupancy(crowded ? { ...occupancy, holders: [] } : occupancy, crowded ? '' : undefined);
  const moved = turns === 0 ? '' : `the queue moved on by ${turns} ${turns === 1 ? 'session' : 'sessions'} meanwhile`;
  const parts = [crowded ? `${moved}: too many wait for too few slots` : moved, others].filter((part) => part !== '');
  const state = `${parts.join('; ')}${elsewhere(occupancy, 'were')}`;
  const what = `${slots(occupancy, 'was', 'were')} busy in "${pool}" for ${Math.round(timeout)} ms, ${nameOfLimit(limit)}; ${state}`;
  const message = `Cannot register a session: ${what}. ${adviceFor(occupancy, limit, crowded)}`;
  const context = { pool, max: capacity, timeout, limit: by, turns, holders };
  return new CarpoolError('POOL_QUEUE_TIMEOUT', message, { context });
}

/** No holder is to blame: every slot that is held now has changed hands during the wait. */
function isCrowded({ holders, suspicions }: Occupancy, { queued }: Limit, turns: number): boolean {
  if (turns === 0 || holders.length === 0 || suspicions.length > 0) return false;
  return holders.every(({ heldFor, relation }) => heldFor < queued && relation?.isItself !== true);
}

function nameOfLimit({ by, allowed = Infinity }: Limit): string {
  switch (by) {
    case 'call':
      return '`timeout` of the call';
    case 'config':
      return '`registerTimeout` of the pool';
    case 'test':
      return `the rest of the time of this test or hook${allowed === Infinity ? '' : ` (instead of ${Math.round(allowed)} ms)`}`;
  }
}

const longer = {
  call: '`timeout`',
  config: '`registerTimeout`',
  test: 'the time-out of the test',
} as const satisfies Record<Limit['by'], string>;

function adviceFor(occupancy: Occupancy, { by }: Limit, crowded: boolean): string {
  const { children, holders, suspicions, fullElsewhere } = occupancy;
  const raise = children === 1 ? '`maxSessions`' : '`maxSessions` with `children`';
  // More time is of no use to a test that waits for itself.
  if (holders.length > 0 && holders.every(({ relation }) => relation?.isItself === true))
    return `Unregister one of these first (\`await using\`), or raise ${raise}`;
  if (suspicions.length > 0) return `See why that child does not answer, or raise ${longer[by]}`;
  const more = fullElsewhere === undefined ? '' : ', or offer the pool on more hosts (`carpool serve --listen`)';
  if (crowded) return `Raise ${raise}, or ${longer[by]}, or run fewer tests at once${more}`;
  return `Unregister sessions (\`await using\`), or raise ${raise}, or ${longer[by]}${more}`;
}

/** About a call that waits, for as long as it does. */
export function slotWait(occupancy: Occupancy, waiter: HolderLabel, seconds: number): string {
  const { test, file, run } = waiter;
  const name = (test ?? file ?? run) === undefined ? '' : ` of ${nameOf(waiter, 'a test')}`;
  return `a session${name} has waited ${seconds} s for a slot; ${slots(occupancy, 'is', 'are')} busy: ${describeOccupancy(occupancy)}${elsewhere(occupancy, 'are')}`;
}

/**
 * Of a call that has its slot, for the evidence of its test: "waited 3200 ms for a slot of "db", held by "adds" (cart.test.ts:14:3)".
 * @param before what was busy when it began to wait
 * @param waited milliseconds
 */
export function slotWaited(before: Occupancy, waited: number): string {
  const which = before.capacity === 1 ? 'the only slot' : `one of the ${before.capacity} slots`;
  const counts = [...Map.groupBy(before.holders.map(holderName), (name) => name)].map(([name, { length }]) =>
    length === 1 ? name : `${name} (${length} of them)`,
  );
  const named = counts.slice(0, mostNamed);
  if (counts.length > mostNamed) named.push(`and ${counts.length - mostNamed} others`);
  const other = describeOccupancy({ ...before, holders: [] }, '');
  const causes = [...(named.length === 0 ? [] : [`held by ${named.join(', ')}`]), ...(other === '' ? [] : [other])];
  const why = causes
    .map((cause) => `; ${cause}`)
    .join('')
    .replace(/^; held/, ', held');
  return `waited ${duration(waited)} for ${which} of ${JSON.stringify(before.pool)}${why}`;
}

function slots({ capacity, children, capped, fullElsewhere }: Occupancy, one: string, many: string): string {
  // Where there may be others, it is said whose these are.
  const here = fullElsewhere === undefined ? '' : ' of this machine';
  if (capped !== undefined)
    return `the slots on all children that may run${here === '' ? '' : ' on this machine'} ${many}`;
  if (capacity === 1) return `the only slot${here} ${one}`;
  return `all ${capacity} slots${children === 1 ? '' : ` on ${children} children`}${here} ${many}`;
}

function elsewhere({ fullElsewhere: count = 0 }: Occupancy, are: 'are' | 'were'): string {
  if (count === 0) return '';
  return `; ${count === 1 ? `1 other host that offers it ${are === 'are' ? 'is' : 'was'}` : `${count} other hosts that offer it ${are}`} full, too`;
}

/** @param nothing where there is nothing to say */
function describeOccupancy(
  { holders, quarantined, ending, capped, suspicions }: Occupancy,
  nothing: string = 'no holder is known',
): string {
  const held = describeHeld(
    holders.map((holder) => ({ heldFor: holder.heldFor, by: holderName(holder) })),
    'slots',
  );
  const parts = held.slice(0, mostNamed);
  if (held.length > mostNamed) parts.push(`and by ${held.length - mostNamed} others`);
  if (capped !== undefined) {
    const most = Number.isFinite(capped) ? (capped === 1 ? '1 child' : `${capped} children`) : 'only so much memory';
    parts.push(`another child waits for its turn, because all pools of this machine may have ${most} together`);
  }
  for (const why of suspicions) parts.push(`a child gets no session at the moment: ${why}`);
  if (quarantined > 0) parts.push(`${quarantined} lost to sessions whose end the child did not confirm`);
  if (ending > 0) parts.push(`${ending} on ${ending === 1 ? 'a child that is' : 'children that are'} about to end`);
  return parts.length === 0 ? nothing : parts.join(', ');
}

function holderName(holder: Holder): string {
  const { relation, takenAt, file } = holder;
  if (relation === undefined) return nameOf(holder, 'a session');
  // The session of a fixture was taken at no line.
  const where = takenAt ?? file;
  return `${relation.name}${where === undefined ? '' : ` (${where})`}`;
}
