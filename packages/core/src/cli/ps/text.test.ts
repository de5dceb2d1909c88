import { expect, test } from 'vitest';
import { processesText } from './text.ts';
import type { AnsweringHost, Processes } from './types.ts';
import { ageText, atMost, leftText, memoryText } from './units.ts';

const minute = 60_000;
const megabyte = 1024 ** 2;

const machine: AnsweringHost = {
  state: 'answers',
  folder: '/tmp/carpool-1000-0f1e2d3c4b5a',
  version: '1.2.0',
  pid: 4711,
  kind: 'machine',
  age: 12 * minute,
  memory: 61 * megabyte,
  runs: [
    { id: 'b', folder: '/code/web', runner: 'jest', pid: 4810, age: 20_000, workers: 1 },
    { id: 'a', folder: '/code/api', branch: 'fix-db', runner: 'vitest', pid: 4802, age: 3 * minute, workers: 4 },
  ],
  pools: [
    {
      name: 'browser',
      maxSessions: 4,
      open: 10_000,
      queued: 1,
      opened: 10_007,
      warm: 1,
      quarantined: 0,
      children: [
        {
          pid: 4822,
          state: 'serving',
          generation: 1,
          age: 3 * minute,
          sessions: 3,
          messages: 7,
          slots: 4,
          memory: 181 * megabyte,
        },
        { state: 'starting', generation: 2, age: 300, sessions: 0, messages: 0, slots: 4 },
      ],
      sessions: [
        { id: 's1', pid: 4822, test: 'adds a row', takenAt: '/code/api/cart.test.ts:14:3', run: 'a', age: 190_000 },
        { test: 'removes \u001b[2J a row', file: '/code/web/cart.test.ts', run: 'b', age: 20_000 },
      ],
      waiting: [{ test: 'sorts', run: 'b', age: 12_000 }],
    },
  ],
  leaseCount: 12,
  leases: [
    {
      name: 'printer',
      kind: 'lock',
      scope: 'machine',
      used: 1,
      holderCount: 1,
      holders: [{ test: 'prints', takenAt: '/code/api/print.test.ts:3:1', run: 'a', age: 190_000 }],
      waitCount: 7,
      waiting: [{ test: 'prints too', shard: '2/4', run: 'b', age: 12_000 }],
    },
    {
      name: 'cpu',
      kind: 'semaphore',
      scope: 'run',
      run: 'a',
      size: 4,
      used: 2,
      holderCount: 1,
      holders: [{ file: '/code/api/cart.test.ts', amount: 2, age: 400 }],
      waitCount: 0,
      waiting: [],
    },
  ],
};

const seen: Processes = {
  version: 1,
  carpool: '1.2.0',
  time: '2026-11-28T20:04:11.204Z',
  hosts: [
    machine,
    {
      state: 'silent',
      folder: '/tmp/carpool-1000-1f1e2d3c4b5a',
      kind: 'run',
      pid: 5012,
      reason: 'it does not answer within 1.5 s: it is stopped, or code that runs in it blocks it',
      children: [5020, 5021],
    },
  ],
  left: [],
};

test('a host that leaves: what is open, and how long it waits; it ends whatever its `idle` says', () => {
  const text = (host: AnsweringHost): string => processesText({ ...seen, hosts: [host] });
  const bounds = { maxChildren: 8, idle: null };
  const empty = { ...machine, runs: [], pools: [], leases: [], leaseCount: 0 };
  expect(text({ ...empty, bounds, leaving: { sessions: 2, runs: 1, left: 47_600 } })).toBe(
    'host of this machine: pid 4711, carpool 1.2.0, 12 min, 61 MB\n  at most 8 children\n' +
      '  leaving: 2 sessions of 1 run are open, at most 48 s more\n  no run\n',
  );
  expect(text({ ...empty, bounds: { idle: null }, leaving: { sessions: 0, runs: 0 } })).toBe(
    'host of this machine: pid 4711, carpool 1.2.0, 12 min, 61 MB\n' +
      '  leaving: nothing of other hosts is open any more\n  no run\n',
  );
  expect([500, 119_001, 125_000].map(atMost)).toEqual(['1 s', '120 s', '3 min']);
});

test('80 columns', () => {
  expect(processesText(seen, 80)).toMatchInlineSnapshot(`
    "host of this machine: pid 4711, carpool 1.2.0, 12 min, 61 MB
      run: vitest, /code/api, branch fix-db, pid 4802, 3 min, 4 workers
      run: jest, /code/web, pid 4810, 20 s, 1 worker
      pool browser: 10000 of 4 slots in use, 1 warm, 1 waits
        child: pid 4822, 181 MB, 3 min, generation 1, 3 of 4 sessions
        child that starts, 300 ms, generation 2, 0 of 4 sessions
        session s1: 3 min, "adds a row" (/code/api/cart.test.ts:14:3), run 4802, on
            4822
        session that opens: 20 s, "removes \\u001b[2J a row"
            (/code/web/cart.test.ts), run 4810
        and 9998 more sessions
        waits: 12 s, "sorts", run 4810
      lock "printer", of this machine
        held: 3 min, "prints" (/code/api/print.test.ts:3:1), run 4802
        waits: 12 s, "prints too", shard 2/4, run 4810
        and 6 more waits
      semaphore "cpu", run 4802, 2 of 4 held
        held: 400 ms, 2 of it, /code/api/cart.test.ts
      and 10 more names of leases
    host of a run: pid 5012 does not answer
      it does not answer within 1.5 s: it is stopped, or code that runs in it blocks
          it
      \`carpool stop 5012\` ends it
      2 children: pid 5020 5021
    "
  `);
});

test('a child that gets no sessions at the moment says why', () => {
  const heldBack = 'the test of session s1 of "loops" (cart.test.ts) has failed, and it has answered nothing since';
  const children = [
    { state: 'serving', generation: 1, age: 300, sessions: 1, messages: 0, slots: 4, heldBack },
  ] as const;
  const pools = machine.pools.map((pool) => ({ ...pool, children }));
  const text = processesText({ ...seen, hosts: [{ ...machine, pools }] }, Infinity);
  expect(text).toContain(`child that starts, 300 ms, generation 1, 1 of 4 sessions, held back: ${heldBack}\n`);
});

test('a pool that is answered from recordings says from which', () => {
  const pools = machine.pools.map((pool) => ({ ...pool, children: [], replays: '/code/api/recorded' }));
  const text = processesText({ ...seen, hosts: [{ ...machine, pools }] }, Infinity);
  expect(text).toContain('1 warm, 1 waits\n    a replay of /code/api/recorded\n    session s1');
});

test('40 columns: lines go on below, and nothing is cut', () => {
  const text = processesText(seen, 40);
  expect(text).toMatchInlineSnapshot(`
    "host of this machine: pid 4711, carpool
        1.2.0, 12 min, 61 MB
      run: vitest, /code/api, branch fix-db,
          pid 4802, 3 min, 4 workers
      run: jest, /code/web, pid 4810, 20 s,
          1 worker
      pool browser: 10000 of 4 slots in use,
          1 warm, 1 waits
        child: pid 4822, 181 MB, 3 min,
            generation 1, 3 of 4 sessions
        child that starts, 300 ms,
            generation 2, 0 of 4 sessions
        session s1: 3 min, "adds a row"
            (/code/api/cart.test.ts:14:3),
            run 4802, on 4822
        session that opens: 20 s, "removes
            \\u001b[2J a row"
            (/code/web/cart.test.ts), run
            4810
        and 9998 more sessions
        waits: 12 s, "sorts", run 4810
      lock "printer", of this machine
        held: 3 min, "prints"
            (/code/api/print.test.ts:3:1),
            run 4802
        waits: 12 s, "prints too", shard
            2/4, run 4810
        and 6 more waits
      semaphore "cpu", run 4802, 2 of 4 held
        held: 400 ms, 2 of it,
            /code/api/cart.test.ts
      and 10 more names of leases
    host of a run: pid 5012 does not answer
      it does not answer within 1.5 s: it is
          stopped, or code that runs in it
          blocks it
      \`carpool stop 5012\` ends it
      2 children: pid 5020 5021
    "
  `);
  expect(text.replaceAll(/\n +/g, ' ')).toBe(processesText(seen).replaceAll(/\n +/g, ' '));
});

test('with what the host of the machine was started', () => {
  const bounded = { maxChildren: 8, maxMemory: 4 * 1024 ** 3, idle: 10 * minute };
  const lines = (bounds: AnsweringHost['bounds']): string | undefined =>
    processesText({ ...seen, hosts: [{ ...machine, bounds }] }).split('\n')[1];
  expect(lines(bounded)).toBe('  at most 8 children, no other child from 4.0 GB, ends after 10 min without a run');
  expect(lines({ maxChildren: 1, idle: null })).toBe('  at most 1 child, does not end by itself');
});

test('nothing runs', () => {
  expect(processesText({ ...seen, hosts: [] })).toBe('carpool: no host is running\n');
});

test('two runs of one folder of another machine are told apart, also where they hold something', () => {
  const of = { folder: 'build-3:/code/api', runner: 'vitest', client: 'ci', age: minute, workers: 1 };
  const runs = [
    { ...of, id: 'x', remotePid: 301 },
    { ...of, id: 'y', remotePid: 302 },
  ];
  const holders = [{ test: 'prints', run: 'y', age: 400 }];
  const leases = machine.leases.slice(0, 1).map((lease) => ({ ...lease, holders, waitCount: 0, waiting: [] }));
  const lines = processesText({ ...seen, hosts: [{ ...machine, pools: [], runs, leaseCount: 1, leases }] }).split('\n');
  expect(lines.slice(1, -1)).toEqual([
    '  run: vitest, build-3:/code/api, by address "ci", pid 301 there, 1 min, 1 worker',
    '  run: vitest, build-3:/code/api, by address "ci", pid 302 there, 1 min, 1 worker',
    '  lock "printer", of this machine',
    '    held: 400 ms, "prints", run 302 of build-3:/code/api',
  ]);
});

test('the hosts of other machines on which a run is open stand below it', () => {
  const others = [
    { name: 'vm', address: '10.0.0.6:7000', state: 'connected', sessions: 1 },
    { name: 'vm', address: '[fd00::7]:7000', state: 'connected', sessions: 31 },
    { name: 'ci-3', state: 'connecting', sessions: 0 },
    {
      name: 'ci-4',
      state: 'unused',
      sessions: 0,
      unlike: [
        { pool: 'db', what: 'db.mjs' },
        { pool: 'ui', what: '' },
      ],
    },
  ] as const;
  const runs = [{ folder: '/code/api', runner: 'vitest', id: 'x', pid: 301, age: minute, workers: 1, others }];
  const lines = processesText({ ...seen, hosts: [{ ...machine, pools: [], runs, leaseCount: 0, leases: [] }] });
  expect(lines.split('\n').slice(1, -1)).toEqual([
    '  run: vitest, /code/api, pid 301, 1 min, 1 worker',
    '    on vm (10.0.0.6:7000), 1 session opened there',
    '    on vm ([fd00::7]:7000), 31 sessions opened there',
    '    on ci-3, connecting',
    '    not on ci-4, another pool db (differs: db.mjs), another pool ui',
  ]);
});

test('what a killed host has left is shown, with what ends it', () => {
  const left = [{ folder: '/tmp/carpool-1000-0f1e2d3c4b5b', pid: 4711, children: [4720, 4721] }];
  expect(processesText({ ...seen, hosts: [], left })).toBe(
    'carpool: no host is running\n2 children of a host that was killed (pid 4711)\n  pid 4720 4721\n' +
      '  `carpool doctor --sweep` ends them; so does the next host that starts\n',
  );
});

test('what is left of a time is rounded to the nearest unit, and not too rough', () => {
  const hour = 60 * minute;
  const left = [8 * hour - 40, 7.6 * hour, 7.4 * hour, hour - 40, 24 * hour - 1, 48 * hour - 1, 90_000, 1_200, 300];
  expect(left.map(leftText)).toEqual(['8 h', '8 h', '7 h', '60 min', '24 h', '2 d', '2 min', '1 s', '300 ms']);
});

test('ages and sizes are short', () => {
  const ages = [0, 999, 1_000, 59_999, minute, 61 * minute, 49 * 60 * minute].map(ageText);
  expect(ages).toEqual(['0 ms', '999 ms', '1 s', '59 s', '1 min', '1 h', '2 d']);
  const sizes = [2_048, 1.5 * megabyte, 181.4 * megabyte, 3.2 * 1024 * megabyte].map(memoryText);
  expect(sizes).toEqual(['2 kB', '1.5 MB', '181 MB', '3.2 GB']);
});
