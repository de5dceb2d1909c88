import { expect, test } from 'vitest';
import { Owners, type OwnerEnd } from './owners.ts';

function owning() {
  const owners = new Owners('the worker');
  const released: string[] = [];
  const hold = (name: string, path: readonly string[], confirmed = true) =>
    owners.hold(path, async ({ reason }) => {
      released.push(`${name} ${reason}`);
      return await Promise.resolve(confirmed);
    });
  return { owners, released, hold };
}

const ended = (unconfirmed: number): OwnerEnd => ({ unconfirmed, diagnosed: [] });

test('the end of a test releases what it holds, newest first, and nothing else', async () => {
  const { owners, released, hold } = owning();
  hold('worker', []);
  hold('file', ['a.test.ts']);
  hold('first', ['a.test.ts', 'adds']);
  hold('second', ['a.test.ts', 'adds']);
  hold('other', ['a.test.ts', 'removes']);
  expect(await owners.end(['a.test.ts', 'adds'])).toEqual(ended(0));
  expect(released).toEqual(['second because its test has ended', 'first because its test has ended']);
});

test('a worker names no owner at length, and no more than 100,000 at a time', async () => {
  const { owners, hold } = owning();
  expect(() => owners.check(['x'.repeat(8_193)])).toThrow('at most 8192 characters');
  for (let number = 0; number < 50_000; number++) owners.check([`f${number % 100}`, `t${number}`]);
  for (let number = 0; number < 49_899; number++) owners.check(['g', `t${number}`]);
  expect(() => hold('one more', ['h'])).toThrow('100000 owners that have not ended');
  hold('known', ['f1', 't1']);
  await owners.end(['g']);
  hold('another', ['h', 't']);
});

test('the end of a file releases what its tests hold too', async () => {
  const { owners, released, hold } = owning();
  hold('test', ['a.test.ts', 'adds']);
  hold('file', ['a.test.ts']);
  hold('elsewhere', ['b.test.ts', 'adds']);
  await owners.end(['a.test.ts']);
  expect(released.map((text) => text.split(' ')[0])).toEqual(['test', 'file']);
});

/** Sessions whose ends take until they are let go. */
function ending() {
  const owners = new Owners('the worker');
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const session = (name: string, pool: string, path: readonly string[]) =>
    owners.hold(
      path,
      async ({ later }) => {
        await later;
        begun.push(name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        return true;
      },
      pool,
    );
  const settled = async (): Promise<readonly string[]> => {
    await new Promise((resolve) => setImmediate(resolve));
    return begun;
  };
  const end = async (name: string): Promise<readonly string[]> => {
    ends.get(name)?.();
    return await settled();
  };
  return { owners, session, settled, end };
}

test('a session learns when those that were registered later have ended, of other pools', async () => {
  const { owners, session, settled, end } = ending();
  const path = ['a.test.ts', 'sells'];
  session('database', 'db', path);
  session('second database', 'db', path);
  session('app', 'app', path);
  session('browser', 'browser', path);
  void owners.end(path);
  expect(await settled()).toEqual(['browser']);
  expect(await end('browser')).toEqual(['browser', 'app']);
  expect(await end('app')).toEqual(['browser', 'app', 'second database', 'database']);
});

test('a session of a file learns when those of its tests have ended, also where they were registered before', async () => {
  const { owners, session, settled, end } = ending();
  session('app of a test', 'app', ['a.test.ts', 'sells']);
  session('app of another', 'app', ['a.test.ts', 'buys']);
  session('database', 'db', ['a.test.ts']);
  void owners.end(['a.test.ts', 'sells']);
  expect(await settled()).toEqual(['app of a test']);
  void owners.end(['a.test.ts']);
  expect(await settled()).toEqual(['app of a test', 'app of another']);
  await end('app of another');
  expect(await end('app of a test')).toEqual(['app of a test', 'app of another', 'database']);
});

test('the end of the worker releases everything', async () => {
  const { owners, released, hold } = owning();
  hold('worker', []);
  hold('file', ['a.test.ts']);
  hold('test', ['b.test.ts', 'adds']);
  await owners.endAll('because its worker has ended');
  expect(released.toSorted()).toEqual([
    'file because its worker has ended',
    'test because its worker has ended',
    'worker because its worker has ended',
  ]);
});

test('a worker may end before its socket does', async () => {
  const { owners, released, hold } = owning();
  hold('worker', []);
  hold('test', ['b.test.ts', 'adds'], false);
  expect(await owners.end([])).toEqual(ended(1));
  expect(released).toHaveLength(2);
  expect(() => hold('late', [])).toThrow(/"the worker", which would own it, has ended/);
  expect(() => owners.check(['b.test.ts', 'adds'])).toThrow(/has ended/);
  expect(await owners.end(['b.test.ts'])).toEqual(ended(0));
});

test('an owner that has ended holds nothing any more', async () => {
  const { owners, hold } = owning();
  await owners.end(['a.test.ts', 'adds']);
  expect(() => hold('late', ['a.test.ts', 'adds'])).toThrow(/"adds", which would own it, has ended/);
  expect(() => owners.check(['a.test.ts', 'removes'])).not.toThrow();
  await owners.end(['a.test.ts']);
  expect(() => owners.check(['a.test.ts', 'removes'])).toThrow(/"a\.test\.ts", which would own it, has ended/);
});

test('ends that were not confirmed are counted', async () => {
  const { owners, hold } = owning();
  hold('good', ['a.test.ts', 'adds']);
  hold('bad', ['a.test.ts', 'adds'], false);
  hold('worse', ['a.test.ts', 'adds'], false);
  expect(await owners.end(['a.test.ts', 'adds'])).toEqual(ended(2));
  expect(await owners.end(['a.test.ts', 'adds'])).toEqual(ended(0));
  expect(await owners.end(['never heard of'])).toEqual(ended(0));
  expect(await owners.end([])).toEqual(ended(0));
});

test('what has ended by itself is not released', async () => {
  const { owners, released, hold } = owning();
  hold('session', ['a.test.ts', 'adds']).forget();
  await owners.end(['a.test.ts']);
  expect(released).toEqual([]);
});

test('a worker that runs many tests remembers a bounded number of them', async () => {
  const { owners, hold } = owning();
  for (let n = 0; n < 10_100; n++) await owners.end(['a.test.ts', `test ${n}`]);
  expect(() => hold('late', ['a.test.ts', 'test 10099'])).toThrow(/has ended/);
  expect(() => hold('forgotten', ['a.test.ts', 'test 0'])).not.toThrow();
});

test('owners that end at the same time have their own reasons and counts', async () => {
  const { owners, released, hold } = owning();
  hold('lost', ['a.test.ts', 'adds'], false);
  hold('kept', ['b.test.ts']);
  expect(await Promise.all([owners.end(['a.test.ts', 'adds']), owners.end(['b.test.ts'])])).toEqual([
    ended(1),
    ended(0),
  ]);
  expect(released.toSorted()).toEqual(['kept because its file has ended', 'lost because its test has ended']);
});

test('of the sessions of a test that are over, the last 1,000 are told that it has failed', async () => {
  const { owners } = owning();
  const told: number[] = [];
  const path = ['a.test.ts', 'adds'];
  for (let number = 0; number < 1_001; number++) owners.tellIfFails(path, () => told.push(number));
  await owners.end(path, true);
  expect(told).toEqual(Array.from({ length: 1_000 }, (_, at) => at + 1));
});

test.each([
  ['has passed', ['a.test.ts', 'adds'], false],
  ['is that of a file', ['a.test.ts'], true],
])('a session that is over is told nothing where its owner %s', async (_, path, failed) => {
  const { owners } = owning();
  const told: string[] = [];
  owners.tellIfFails(path, () => told.push('failed'));
  await owners.end(path, failed);
  expect(told).toEqual([]);
});
