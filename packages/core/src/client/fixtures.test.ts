import { describe, expect, test } from 'vitest';
import type { Config } from '../config/define.ts';
import { fixtureKey, readWithPools, type FixtureNames, type FixtureRunner } from './fixtures.ts';

const runnerWith = (names?: FixtureNames): FixtureRunner => ({
  name: 'Playwright',
  reserved: ['page'],
  namesFromHost: () => names,
});

const configOf = (pools: readonly string[], sharedWorkers: readonly string[]): Config => ({
  pools: Object.fromEntries(pools.map((name) => [name, { command: name }])),
  sharedWorkers: Object.fromEntries(sharedWorkers.map((name) => [name, './worker.js'])),
});

describe('names', () => {
  const wrong = [
    [['page'], [], 'pool "page": Playwright gives every test something of that name; rename the pool'],
    [
      [],
      ['page'],
      'shared worker "page": Playwright gives every test something of that name; rename the shared worker',
    ],
    [['echo'], ['db', 'echo'], 'shared worker "echo": a pool has that name; rename one of them'],
    [['carpool'], [], 'pool "carpool": Carpool gives every test a fixture of that name; rename the pool'],
    [[], ['then'], 'shared worker "then": an object with a `then` is taken for a promise; rename the shared worker'],
  ] as const;

  test.for(wrong)('a name may stand for one thing: %j, %j', ([pools, sharedWorkers, message]) => {
    const text = `Cannot make a fixture of the ${message}`;
    expect(() => readWithPools(configOf(pools, sharedWorkers), undefined, runnerWith())).toThrow(text);
    expect(() => readWithPools(undefined, undefined, runnerWith({ pools, sharedWorkers }))).toThrow(text);
  });

  test('come from the config, else from the host, else are not known', () => {
    const names = { pools: ['echo'], sharedWorkers: ['db'] };
    const other = { pools: ['other'], sharedWorkers: [] };
    const config = configOf(['echo'], ['db']);
    expect(readWithPools(config, undefined, runnerWith(other))).toMatchObject({ config, names });
    expect(readWithPools(undefined, undefined, runnerWith(other))).toMatchObject({ config: undefined, names: other });
    expect(readWithPools({ scope: {} }, undefined, runnerWith()).names).toBeUndefined();
  });
});

test('an option that does not exist is refused', () => {
  const read = (...args: unknown[]) => readWithPools(args[0] as Config, args[1] as never, runnerWith());
  const config = configOf(['echo'], []);
  expect(() => read(config, { scopes: {} })).toThrow(
    /^Unknown option "scopes" of `withPools`: there are `scope` and `params`$/,
  );
  // A config that is none is taken for the options.
  expect(() => read({ pool: {} })).toThrow(
    'Unknown option "pool" of `withPools`: there are `scope` and `params`; a config with `pools`, `sharedWorkers` or `locks` comes first',
  );
});

describe('scopes', () => {
  test('are those of the options, in either place, and else a test', () => {
    const scope = { echo: 'file' } as const;
    const both = [
      readWithPools({ scope }, undefined, runnerWith()),
      readWithPools(configOf(['echo', 'toString'], []), { scope }, runnerWith()),
    ];
    for (const { scopeOf } of both) expect(['echo', 'toString'].map(scopeOf)).toEqual(['file', 'test']);
  });

  test('that do not exist are refused', () => {
    const options = { scope: { echo: 'run' as never } };
    expect(() => readWithPools(options, undefined, runnerWith())).toThrow(
      'Cannot give pool "echo" the scope "run": there are "test", "file" and "worker"',
    );
  });

  test('for a pool that does not exist are refused, where the names are known', () => {
    const options = { scope: { ecko: 'file' } } as const;
    const text = 'Cannot give "ecko" a scope: the config has only "echo"';
    expect(() => readWithPools(configOf(['echo'], []), options, runnerWith())).toThrow(text);
    expect(() => readWithPools(options, undefined, runnerWith({ pools: ['echo'], sharedWorkers: [] }))).toThrow(text);
    expect(readWithPools(options, undefined, runnerWith()).scopeOf('ecko')).toBe('file');
  });
});

test.for([
  [{ pools: ['printer'], sharedWorkers: [], locks: { printer: 'lock' } }, 'the lock "printer": a pool has that name'],
  [{ pools: [], sharedWorkers: ['db'], locks: { db: 'lock' } }, 'the lock "db": a shared worker has that name'],
  [{ pools: [], sharedWorkers: [], locks: { carpool: 'lock' } }, 'the lock "carpool": Carpool gives every test'],
] as const)('a lock may not have the name of something else: %j', ([names, message]) => {
  expect(() => readWithPools(undefined, undefined, runnerWith(names))).toThrow(`Cannot make a fixture of ${message}`);
});

describe('params', () => {
  test('are those of the options, for pools that there are', () => {
    const config = configOf(['db', 'echo'], []);
    const { paramsOf } = readWithPools(config, { params: { db: { seed: 1 } } }, runnerWith());
    expect(['db', 'echo', 'toString'].map(paramsOf)).toEqual([{ seed: 1 }, undefined, undefined]);
    expect(() => readWithPools(config, { params: { dbs: 1 } }, runnerWith())).toThrow(
      /^Cannot give "dbs" params: the config has only "db", "echo"$/,
    );
  });

  test('other ones are another session, equal ones the same', () => {
    const key = (params: unknown): string => fixtureKey('db', params);
    expect(key({ seed: 1, at: new Date(0) })).toBe(key({ seed: 1, at: new Date(0) }));
    const different = [
      undefined,
      null,
      0,
      '0',
      { seed: 1 },
      { seed: 1n },
      { seed: '1n' },
      new Map([['a', 1]]),
      new Set(['a']),
    ];
    expect(new Set(different.map(key)).size).toBe(different.length);
  });
});
