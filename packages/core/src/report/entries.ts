/** All that tests asked for in one or several runs, sessions and leases alike, on one axis of time. Pure. */
import type { ChildEvent, LeaseEvent, SessionEvent } from '../base/timeline.ts';
import type { RecordedRun } from './recorded-run.ts';

/** failed: its test has failed. none: the call got nothing. unconfirmed: its end was not confirmed, so its slot is lost. */
export type EntryState = 'ok' | 'failed' | 'none' | 'unconfirmed';

/** Times are milliseconds from the begin of the first run. */
export interface Entry {
  /** Its place in the list. */
  readonly index: number;
  /** Which of the runs. */
  readonly run: number;
  readonly kind: 'session' | 'lease';
  /** The test, or what stands for it. */
  readonly title: string;
  /** Relative to the folder of the run, where it is inside. */
  readonly file?: string | undefined;
  /** `pool cart`, `lock "printer"` */
  readonly of: string;
  readonly shard?: string | undefined;
  /** Its test process. */
  readonly worker?: string | undefined;
  readonly since: number;
  readonly granted?: number | undefined;
  readonly opened?: number | undefined;
  readonly over: number;
  readonly state: EntryState;
  /** Milliseconds until it got what it asked for, or gave up. */
  readonly waited: number;
  /** Milliseconds from the slot to the open session. */
  readonly opening: number;
  /** Milliseconds for which it had it, `opening` included. */
  readonly held: number;
  readonly event: SessionEvent | LeaseEvent;
}

export interface ChildLife {
  readonly run: number;
  readonly since: number;
  readonly ready?: number | undefined;
  readonly over: number;
  readonly event: ChildEvent;
}

/** Several runs on one axis. */
export interface Merged {
  /** The begin of the first, milliseconds since 1970. */
  readonly zero: number;
  /** Milliseconds to the end of the last one. */
  readonly duration: number;
  /** In the order of their begins. */
  readonly entries: readonly Entry[];
  readonly children: readonly ChildLife[];
}

export function merged(runs: readonly RecordedRun[]): Merged {
  const zero = runs.reduce((first, { header }) => Math.min(first, header.zero), Infinity);
  const offsets = runs.map(({ header }) => header.zero - zero);
  const unsorted = runs.flatMap((run, at) => entriesOf(run, at, offsets[at] ?? 0));
  const entries = unsorted.toSorted((a, b) => a.since - b.since).map((entry, index) => ({ ...entry, index }));
  const children = runs.flatMap((run, at) =>
    run.children.map((event): ChildLife => {
      const by = offsets[at] ?? 0;
      return { run: at, since: event.since + by, ready: later(event.ready, by), over: event.over + by, event };
    }),
  );
  const duration = runs.reduce((last, run, at) => Math.max(last, run.duration + (offsets[at] ?? 0)), 0);
  return { zero, duration, entries, children };
}

type Unnumbered = Omit<Entry, 'index'>;

function entriesOf({ header, sessions, leases }: RecordedRun, run: number, by: number): Unnumbered[] {
  const { folder } = header;
  return [
    ...sessions.map((event): Unnumbered => {
      const title = event.test ?? (event.id === undefined ? 'a session' : `session ${event.id}`);
      const state = sessionState(event);
      return {
        ...timesOf(event, by),
        run,
        kind: 'session',
        title,
        ...placeOf(event, folder),
        of: `pool ${event.pool}`,
        state,
        event,
      };
    }),
    ...leases.map((event): Unnumbered => {
      const of = `${event.kind} ${JSON.stringify(event.name)}`;
      const state = event.granted === undefined ? 'none' : 'ok';
      return {
        ...timesOf(event, by),
        run,
        kind: 'lease',
        title: event.test ?? of,
        ...placeOf(event, folder),
        of,
        state,
        event,
      };
    }),
  ];
}

function sessionState({ opened, failed, unconfirmed }: SessionEvent): EntryState {
  if (failed === true) return 'failed';
  if (opened === undefined) return 'none';
  return unconfirmed === true ? 'unconfirmed' : 'ok';
}

type Timed = Pick<SessionEvent, 'since' | 'granted' | 'opened' | 'over'>;

function timesOf(
  { since, granted, opened, over }: Timed,
  by: number,
): Pick<Entry, 'since' | 'granted' | 'opened' | 'over' | 'waited' | 'opening' | 'held'> {
  return {
    since: since + by,
    granted: later(granted, by),
    opened: later(opened, by),
    over: over + by,
    waited: Math.max((granted ?? over) - since, 0),
    opening: granted === undefined ? 0 : Math.max((opened ?? granted) - granted, 0),
    held: granted === undefined ? 0 : Math.max(over - granted, 0),
  };
}

function placeOf(
  { file, shard, worker }: Pick<SessionEvent, 'file' | 'shard' | 'worker'>,
  folder: string,
): Pick<Entry, 'file' | 'shard' | 'worker'> {
  return { file: file === undefined ? undefined : within(folder, file), shard, worker };
}

/** A path relative to the folder, if it is in it. Of any system: the page is looked at on another one. */
export function within(folder: string, path: string): string {
  const rest = path.startsWith(folder) ? path.slice(folder.length) : '';
  return /^[\\/]./.test(rest) ? rest.slice(1) : path;
}

function later(time: number | undefined, by: number): number | undefined {
  return time === undefined ? undefined : time + by;
}
