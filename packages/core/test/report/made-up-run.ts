/**
 * A run that never was, of any size, the same one each time: test files on a few processes, pools with slots, a lock. One of
 * its children was there before it and goes on, as on the host of a machine, and one call would have been a deadlock.
 */
import type { ChildEvent, LeaseEvent, SessionEvent } from '../../src/base/timeline.ts';
import type { RecordedRun } from '../../src/report/recorded-run.ts';

export interface MadeUp {
  readonly sessions: number;
  /** Test files that run at a time. Default: 8 */
  readonly processes?: number;
  /** Tests of a file. Default: 20 */
  readonly testsOfFile?: number;
}

interface MadeUpPool {
  readonly name: string;
  readonly slots: number;
  /** Slots of one child. */
  readonly ofChild: number;
  readonly start: number;
  readonly hold: number;
}

const pools: readonly MadeUpPool[] = [
  { name: 'browser', slots: 4, ofChild: 2, start: 640, hold: 90 },
  { name: 'sheet', slots: 8, ofChild: 8, start: 180, hold: 25 },
];
/** The child that was there before, and when it had started. */
const shared = { pid: 5_100, since: -4_000 };
export const cycle: readonly string[] = [
  '"orders › ships" waits for lock "printer", which "orders › bills" holds',
  '"orders › bills" waits for lock "scanner", which "orders › ships" holds',
];
const verbs = ['adds', 'removes', 'sorts', 'renders', 'prints', 'imports', 'totals', 'rejects'];
const things = [
  'an item',
  'two columns',
  'an empty cart',
  'the price with tax',
  'a very long list of things that nobody reads to its end',
  '<b>markup</b>',
];
const parts = ['cart', 'checkout', 'search', 'account', 'print', 'admin/users', 'admin/orders'];

export function madeUpRun({ sessions: wanted, processes = 8, testsOfFile = 20 }: MadeUp): RecordedRun {
  const random = numbers(4711);
  const free = new Map(pools.map(({ name, slots }) => [name, Array.from({ length: slots }, () => 120)]));
  const begun = new Map<string, number>();
  const counts = new Map<string, number>();
  const [sessions, leases]: [SessionEvent[], LeaseEvent[]] = [[], []];
  const nows = Array.from({ length: processes }, (_, at) => 300 + at * 37);
  let printerFree = 0;
  for (let at = 0; at < wanted; at++) {
    const process = nows.indexOf(Math.min(...nows));
    const now = nows[process] ?? 0;
    const fileNumber = Math.floor(at / testsOfFile);
    const file = `/code/shop/test/${parts[fileNumber % parts.length] ?? ''}-${fileNumber}.test.ts`;
    const test = `${parts[fileNumber % parts.length] ?? ''} › ${verbs[at % verbs.length] ?? ''} ${things[(at * 7) % things.length] ?? ''} ${at}`;
    const pool = pools[random() < 0.6 ? 0 : 1] as MadeUpPool;
    const slots = free.get(pool.name) ?? [];
    const slot = slots.indexOf(Math.min(...slots));
    const granted = Math.max(now, slots[slot] ?? 0);
    const child = 5_000 + (pool.name === 'browser' ? 0 : 100) + Math.floor(slot / pool.ofChild);
    const key = `${pool.name} ${child}`;
    const start = begun.get(key) ?? (child === shared.pid ? shared.since : granted);
    begun.set(key, start);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const opened = Math.max(granted + 1 + random() * 6, start + pool.start);
    const over = tenths(opened + pool.hold * (0.3 + random() * random() * 4));
    const none = at % 977 === 976;
    sessions.push({
      event: 'session',
      pool: pool.name,
      id: `s${at + 1}`,
      child,
      since: tenths(now),
      ...(none ? {} : { granted: tenths(granted), opened: tenths(opened) }),
      over: none ? tenths(granted) : over,
      ...(at % 211 === 210 && { failed: true as const }),
      test,
      file,
      worker: `vitest ${6_000 + process}`,
    });
    if (!none) slots[slot] = over;
    nows[process] = (none ? granted : over) + 4 + random() * 12;
    if (at % 25 === 24) {
      const since = nows[process] ?? 0;
      const held = Math.max(since, printerFree);
      printerFree = held + 20 + random() * 80;
      leases.push({
        event: 'lease',
        name: 'printer',
        kind: 'lock',
        since: tenths(since),
        granted: tenths(held),
        over: tenths(printerFree),
        test,
        file,
        takenAt: `${file}:${10 + (at % 60)}:5`,
        shard: undefined,
      });
      nows[process] = printerFree;
    }
  }
  const last = tenths(Math.max(...nows) + 50);
  const children = [...begun].map(([key, since], at): ChildEvent => {
    const [pool = '', pid = ''] = key.split(' ');
    const { start = 0 } = pools.find(({ name }) => name === pool) ?? {};
    return {
      event: 'child',
      pool,
      pid: Number(pid),
      generation: at + 1,
      since: tenths(since),
      ready: tenths(since + start),
      over: last,
      sessions: counts.get(key) ?? 0,
      ...(Number(pid) === shared.pid && { goesOn: true as const }),
    };
  });
  // Of a file without a session.
  leases.push({
    event: 'lease',
    name: 'printer',
    kind: 'lock',
    since: tenths(last / 2),
    over: tenths(last / 2),
    failure: ['Cannot acquire lock "printer": this would deadlock.', ...cycle.map((line) => `  ${line}`)].join('\n'),
    test: 'orders › ships',
    file: '/code/shop/test/orders.test.ts',
    worker: 'vitest 6000',
  });
  children.push({
    event: 'child',
    pool: 'browser',
    pid: 4_999,
    generation: 1,
    since: 20,
    over: 110,
    sessions: 0,
    failure: 'The child of pool "browser" exited with code 3 before it was ready',
  });
  return {
    header: {
      carpoolTimeline: 1,
      carpool: '1.2.0',
      runner: 'vitest',
      folder: '/code/shop',
      pid: 4711,
      zero: Date.UTC(2026, 10, 29, 8),
    },
    sessions,
    children,
    leases,
    duration: last,
    ended: true,
    dropped: 0,
  };
}

function tenths(time: number): number {
  return Math.round(time * 10) / 10;
}

/** Numbers from 0 to 1, the same ones each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
