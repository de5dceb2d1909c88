import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChildEvent, LeaseEvent, SessionEvent } from '../base/timeline.ts';
import { packRuns, unpackRuns } from './packed-runs.ts';
import type { RecordedRun } from './recorded-run.ts';

const time = fc.nat(1_000_000).map((tenths) => tenths / 10);
const label = { worker: fc.string(), test: fc.string(), file: fc.string(), shard: fc.string() };
const spans = { since: time, over: time };

const session = fc.record(
  {
    event: fc.constant('session' as const),
    pool: fc.string(),
    ...spans,
    id: fc.string(),
    child: fc.nat(),
    granted: time,
    opened: time,
    unconfirmed: fc.constant(true as const),
    failed: fc.constant(true as const),
    ...label,
  },
  { requiredKeys: ['event', 'pool', 'since', 'over'] },
) as fc.Arbitrary<SessionEvent>;
const child = fc.record(
  {
    event: fc.constant('child' as const),
    pool: fc.string(),
    ...spans,
    since: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    generation: fc.nat(),
    sessions: fc.nat(),
    pid: fc.nat(),
    ready: time,
    startUnknown: fc.constant(true as const),
    goesOn: fc.constant(true as const),
    failure: fc.string(),
  },
  { requiredKeys: ['event', 'pool', 'since', 'over', 'generation', 'sessions'] },
) as fc.Arbitrary<ChildEvent>;
const lease = fc.record(
  {
    event: fc.constant('lease' as const),
    name: fc.string(),
    kind: fc.string(),
    ...spans,
    granted: time,
    takenAt: fc.string(),
    failure: fc.string(),
    ...label,
  },
  { requiredKeys: ['event', 'name', 'kind', 'since', 'over'] },
) as fc.Arbitrary<LeaseEvent>;
const header = {
  carpoolTimeline: 1,
  carpool: '1.2.0',
  runner: 'vitest',
  folder: '/code/web',
  pid: 4711,
  zero: 1,
} as const;

test('every run is itself again', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.array(session), fc.array(child), fc.array(lease)), { maxLength: 3 }), (lists) => {
      const runs = lists.map(([sessions, children, leases]): RecordedRun => ({
        header,
        sessions,
        children,
        leases,
        duration: 9,
        ended: true,
        dropped: 0,
      }));
      expect(unpackRuns(JSON.parse(JSON.stringify(packRuns(runs))))).toEqual(runs);
    }),
  );
});

test('a text that many events have is there once', () => {
  const event: SessionEvent = { event: 'session', pool: 'cart', test: 'adds an item', since: 0, over: 1 };
  const sessions = Array.from({ length: 1_000 }, () => event);
  const packed = JSON.stringify(
    packRuns([{ header, sessions, children: [], leases: [], duration: 1, ended: true, dropped: 0 }]),
  );
  expect(packed.split('adds an item')).toHaveLength(2);
});
