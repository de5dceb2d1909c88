/**
 * Runs as they are embedded in a page: each text once, and each field of all events as a list. A tenth of the lines that a
 * host writes. Pure.
 */
import type { ChildEvent, LeaseEvent, SessionEvent, TimelineEvent } from '../base/timeline.ts';
import type { RecordedRun } from './recorded-run.ts';

/** A list for each field; `null` where an event has none. */
type Columns = Readonly<Record<string, readonly (number | null)[]>>;

interface PackedRun extends Omit<RecordedRun, 'sessions' | 'children' | 'leases'> {
  readonly sessions: Columns;
  readonly children: Columns;
  readonly leases: Columns;
}

export interface PackedRuns {
  readonly texts: readonly string[];
  readonly runs: readonly PackedRun[];
}

type Kind = 'text' | 'number' | 'flag';
type Fields<Event> = { readonly [Field in Exclude<keyof Event, 'event'>]-?: Kind };

const sessionFields: Fields<SessionEvent> = {
  pool: 'text',
  worker: 'text',
  id: 'text',
  child: 'number',
  since: 'number',
  granted: 'number',
  opened: 'number',
  over: 'number',
  unconfirmed: 'flag',
  failed: 'flag',
  test: 'text',
  file: 'text',
  shard: 'text',
};
const childFields: Fields<ChildEvent> = {
  pool: 'text',
  pid: 'number',
  generation: 'number',
  since: 'number',
  ready: 'number',
  startUnknown: 'flag',
  over: 'number',
  sessions: 'number',
  goesOn: 'flag',
  failure: 'text',
};
const leaseFields: Fields<LeaseEvent> = {
  name: 'text',
  kind: 'text',
  since: 'number',
  granted: 'number',
  over: 'number',
  takenAt: 'text',
  worker: 'text',
  failure: 'text',
  test: 'text',
  file: 'text',
  shard: 'text',
};

export function packRuns(runs: readonly RecordedRun[]): PackedRuns {
  const texts = new Map<string, number>();
  const numberOf = (text: string): number => {
    const at = texts.get(text) ?? texts.size;
    texts.set(text, at);
    return at;
  };
  const columns = <Event extends TimelineEvent>(events: readonly Event[], fields: Fields<Event>): Columns =>
    Object.fromEntries(
      Object.entries(fields).map(([name, kind]) => [
        name,
        events.map((event) =>
          packed((event as unknown as Readonly<Record<string, unknown>>)[name], kind as Kind, numberOf),
        ),
      ]),
    );
  const all = runs.map(({ sessions, children, leases, ...rest }) => ({
    ...rest,
    sessions: columns(sessions, sessionFields),
    children: columns(children, childFields),
    leases: columns(leases, leaseFields),
  }));
  return { texts: [...texts.keys()], runs: all };
}

export function unpackRuns({ texts, runs }: PackedRuns): RecordedRun[] {
  return runs.map(({ sessions, children, leases, ...rest }) => ({
    ...rest,
    sessions: events<SessionEvent>('session', sessions, sessionFields, texts),
    children: events<ChildEvent>('child', children, childFields, texts),
    leases: events<LeaseEvent>('lease', leases, leaseFields, texts),
  }));
}

function packed(value: unknown, kind: Kind, numberOf: (text: string) => number): number | null {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? numberOf(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'flag':
      return value === true ? 1 : null;
  }
}

function events<Event extends TimelineEvent>(
  event: Event['event'],
  columns: Columns,
  fields: Fields<Event>,
  texts: readonly string[],
): Event[] {
  const kinds = Object.entries(fields) as [string, Kind][];
  const length = Object.values(columns)[0]?.length ?? 0;
  return Array.from({ length }, (_, at) => {
    const one: Record<string, unknown> = { event };
    for (const [name, kind] of kinds) {
      const value = columns[name]?.[at] ?? null;
      if (value !== null) one[name] = kind === 'text' ? texts[value] : kind === 'flag' ? true : value;
    }
    return one as unknown as Event;
  });
}
