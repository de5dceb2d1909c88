import { expect, test } from 'vitest';
import type { CallSite } from '../base/errors.ts';
import type { Session } from '../session/types.ts';
import { timeoutWithin, checkFixtureNames } from './fixtures.ts';
import { sessionPools, type RegisterExtraOptions } from './session-pools.ts';

interface Entry {
  register(options?: RegisterExtraOptions): Promise<Session>;
}

function recording(names?: readonly string[]): {
  calls: [string, RegisterExtraOptions & { site: CallSite }][];
  of: Entries;
} {
  const calls: [string, RegisterExtraOptions & { site: CallSite }][] = [];
  const register = (...call: (typeof calls)[number]): Promise<Session> => {
    calls.push(call);
    return new Promise(() => {});
  };
  return { calls, of: sessionPools(register, names) as Entries };
}

type Entries = Readonly<Record<string, Entry>>;

test('a register knows its pool, its options, and the line of its caller', () => {
  const { calls, of } = recording();
  void of['echo']?.register({ wait: false });
  const [[pool, { wait, site }] = ['', { wait: undefined, site: { stack: '' } }]] = calls;
  expect({ pool, wait }).toEqual({ pool: 'echo', wait: false });
  expect(site.stack.split('\n')[1]).toContain('session-pools.test.ts');
});

test('known pools can be listed, others asked for all the same, and it may be awaited', async () => {
  const { calls, of } = recording(['echo', 'narrow']);
  expect(Object.keys(of)).toEqual(['echo', 'narrow']);
  void of['ecko']?.register();
  expect(calls.map(([pool]) => pool)).toEqual(['ecko']);
  expect(await Promise.resolve(of)).toBe(of);
});

test.for([
  [['page'], [], 'pool "page": Playwright gives every test something of that name; rename the pool'],
  [[], ['page'], 'shared worker "page": Playwright gives every test something of that name; rename the shared worker'],
  [['echo'], ['db', 'echo'], 'shared worker "echo": a pool has that name; rename one of them'],
] as const)('a name may stand for one thing: %j, %j', ([pools, sharedWorkers, message]) => {
  const taken = new Set(['page']);
  expect(() => checkFixtureNames({ pools: ['echo'], sharedWorkers: ['db'] }, taken, 'Playwright')).not.toThrow();
  expect(() => checkFixtureNames({ pools, sharedWorkers }, taken, 'Playwright')).toThrow(
    `Cannot make a fixture of the ${message}`,
  );
});

test('a wait on the clock of a test ends before the test, unless the deadline of the pool comes first', () => {
  expect([4_900.4, -3, Infinity, 60_000].map((left) => timeoutWithin(left))).toEqual([
    { timeout: 4_900 },
    { timeout: 1 },
    {},
    {},
  ]);
  expect(timeoutWithin(-3, 1_000)).toEqual({ timeout: 1_000 });
});
