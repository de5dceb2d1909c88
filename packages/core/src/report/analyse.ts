/** What a recorded run says of its pools and leases: how long was waited, for what, and what sharing has saved. Pure. */
import { savedStarts, type SavedStarts } from '../base/saved-starts.ts';
import { startOf, type ChildEvent, type LeaseEvent, type SessionEvent } from '../base/timeline.ts';
import type { RecordedRun } from './recorded-run.ts';

/** Milliseconds. */
export interface Spread<Event> {
  /** How many of them took any time at all: a millisecond or more. */
  readonly some: number;
  readonly p50: number;
  readonly p95: number;
  readonly longest: number;
  /** The one that took longest. */
  readonly of: Event;
}

export interface PoolReport {
  readonly name: string;
  /** That were opened. */
  readonly sessions: number;
  /** Calls that got none. */
  readonly without: number;
  /** Of sessions at a time. */
  readonly peak: number;
  /** For a slot, also of calls that got none. Absent: there was no call. */
  readonly waits?: Spread<SessionEvent> | undefined;
  /** From its slot until it was open: the start of its child, if that had to start, and `open`. */
  readonly opens?: Spread<SessionEvent> | undefined;
  /** From its slot to its end. */
  readonly lives?: Spread<SessionEvent> | undefined;
  readonly unconfirmed: number;
  readonly children: readonly ChildEvent[];
  /** Absent: no test file had a session, or it is not known how long a child starts. */
  readonly saved?: SavedStarts | undefined;
}

export interface LeaseReport {
  readonly name: string;
  readonly kind: string;
  /** That were granted. */
  readonly granted: number;
  /** Calls that got none. */
  readonly without: number;
  /** A line for each wait of a cycle. */
  readonly deadlocks: readonly (readonly string[])[];
  readonly waits?: Spread<LeaseEvent> | undefined;
  readonly holds?: Spread<LeaseEvent> | undefined;
}

export interface RunReport {
  readonly pools: readonly PoolReport[];
  /** Those that were waited for longest come first. */
  readonly leases: readonly LeaseReport[];
}

export function analyse({ sessions, children, leases }: RecordedRun): RunReport {
  const bySession = Map.groupBy(sessions, ({ pool }) => pool);
  const byChild = Map.groupBy(children, ({ pool }) => pool);
  const names = new Set([...bySession.keys(), ...byChild.keys()]);
  const pools = [...names].map((name) => poolReport(name, bySession.get(name) ?? [], byChild.get(name) ?? []));
  const byLease = Map.groupBy(leases, ({ kind, name }) => `${kind} ${name}`);
  const all = [...byLease.values()].map(leaseReport);
  return { pools, leases: all.toSorted((a, b) => (b.waits?.longest ?? 0) - (a.waits?.longest ?? 0)) };
}

function poolReport(name: string, sessions: readonly SessionEvent[], children: readonly ChildEvent[]): PoolReport {
  const opened = sessions.filter((one) => one.opened !== undefined);
  const held = sessions.filter((one) => one.granted !== undefined);
  return {
    name,
    sessions: opened.length,
    without: sessions.length - opened.length,
    peak: peakOf(held),
    waits: spread(sessions, waitOf),
    opens: spread(opened, ({ granted = 0, opened: at = 0 }) => at - granted),
    lives: spread(opened, holdOf),
    unconfirmed: sessions.filter(({ unconfirmed }) => unconfirmed === true).length,
    children: children.toSorted((a, b) => a.since - b.since),
    saved: savedBy(opened, children),
  };
}

function leaseReport(all: readonly LeaseEvent[]): LeaseReport {
  const { name, kind } = all[0] as LeaseEvent;
  const granted = all.filter((one) => one.granted !== undefined);
  const waits = spread(all, waitOf);
  return {
    name,
    kind,
    granted: granted.length,
    without: all.length - granted.length,
    deadlocks: all.flatMap((one) => {
      const cycle = deadlockOf(one);
      return cycle === undefined ? [] : [cycle];
    }),
    waits,
    holds: spread(granted, holdOf),
  };
}

/** As the summary of the run counts it, but for a child that was there before the run, which has cost it no start. */
function savedBy(opened: readonly SessionEvent[], children: readonly ChildEvent[]): SavedStarts | undefined {
  const files = new Set(opened.flatMap(({ file }) => file ?? [])).size;
  const served = children.filter(({ ready }) => ready !== undefined);
  const times = served.flatMap((child) => startOf(child) ?? []).toSorted(ascending);
  if (files === 0) return undefined;
  const starts = children.filter(({ since }) => since >= 0).length;
  return savedStarts(files, starts, times.length === 0 ? undefined : quantile(times, 0.5));
}

/** The waits of its cycle, if it was refused because of one: each of the first line's followers is one. */
export function deadlockOf(event: SessionEvent | LeaseEvent): string[] | undefined {
  if (event.event !== 'lease' || event.failure === undefined) return undefined;
  const [, ...cycle] = event.failure.split('\n').map((text) => text.trim());
  return cycle.length === 0 ? undefined : cycle;
}

type Spanned = Pick<SessionEvent, 'since' | 'granted' | 'over'>;

/** Milliseconds from the call to its slot or lease, or to its end if it got none. */
export function waitOf({ since, granted, over }: Spanned): number {
  return Math.max((granted ?? over) - since, 0);
}

/** Milliseconds for which it was held. */
export function holdOf({ since, granted = since, over }: Spanned): number {
  return Math.max(over - granted, 0);
}

function spread<Event>(all: readonly Event[], of: (event: Event) => number): Spread<Event> | undefined {
  const longest = all.reduce<Event | undefined>(
    (most, one) => (most === undefined || of(one) > of(most) ? one : most),
    undefined,
  );
  if (longest === undefined) return undefined;
  const times = all.map(of).toSorted(ascending);
  const some = times.filter((time) => time >= 1).length;
  return { some, p50: quantile(times, 0.5), p95: quantile(times, 0.95), longest: of(longest), of: longest };
}

/** The smallest of these that so many are not above. @param sorted not empty */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(Math.ceil(sorted.length * part) - 1, 0)] ?? 0;
}

function peakOf(held: readonly Spanned[]): number {
  // One that ends at the same moment makes room before another one begins.
  const changes = held.flatMap(({ since, granted = since, over }) => [
    { at: granted, by: 1 },
    { at: over, by: -1 },
  ]);
  let [open, peak] = [0, 0];
  for (const { by } of changes.toSorted((a, b) => a.at - b.at || a.by - b.by)) peak = Math.max(peak, (open += by));
  return peak;
}

function ascending(a: number, b: number): number {
  return a - b;
}
