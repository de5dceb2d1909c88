/** What a pool counts for the summary of a run: waits, test files, starts. */
import { expect, test } from 'vitest';
import type { PoolDefinition } from '../../src/definitions/pool-definition.ts';
import { RunPool } from '../../src/machine/run-pool.ts';
import type { Registration } from '../../src/pool/registration.ts';
import type { PoolStats } from '../../src/pool/types.ts';
import { FakeClock } from '../support/clock.ts';
import { pool, programProtocol, until } from '../support/pools.ts';

const listener = { event: () => {}, ask: () => {}, closed: () => {} };
const site = { stack: 'Error\n    at test (/code/a.test.ts:7:3)' };

interface Opens {
  open(
    options: { readonly holder: { readonly test: string; readonly file: string } },
    to: typeof listener,
    at: typeof site,
  ): Promise<Registration>;
  statsOfRun(): PoolStats;
  countAnew(): void;
}

const expectCounted = async (opens: Opens, clock: FakeClock, queued: () => number): Promise<void> => {
  const open = (name: string, file: string): Promise<Registration> =>
    opens.open({ holder: { test: name, file } }, listener, site);
  const end = async ({ conversation }: Registration): Promise<void> => {
    void conversation.close({ by: 'unregister', at: 0, reason: '' }, 2_000);
    await conversation.released;
  };
  const first = await open('first', 'a.test.ts');
  const [second, third] = [open('second', 'a.test.ts'), open('third', 'b.test.ts')];
  await until('both wait', () => queued() === 2);
  clock.pass(500);
  await end(first);
  const granted = await second;
  clock.pass(3_000);
  await end(granted);
  await end(await third);
  expect(opens.statsOfRun()).toMatchObject({
    sessions: 3,
    files: 2,
    longestWait: 3_500,
    waits: {
      count: 2,
      capped: 0,
      total: 4_000,
      // To 1 %.
      p50: expect.closeTo(500, -1),
      p95: expect.closeTo(3_500, -2),
      longestOf: '"third" (/code/a.test.ts:7:3)',
    },
  });
  opens.countAnew();
  const none = opens.statsOfRun();
  expect(none).toMatchObject({ files: 0, longestWait: 0, waits: { count: 0, total: 0 } });
  expect(none.waits).not.toHaveProperty('longestOf');
};

test('of a pool', async () => {
  const clock = new FakeClock();
  const own = pool('echo', { maxSessions: 1 }, { clock });
  await expectCounted(own, clock, () => own.stats().queued);
});

test("of a run's share of a pool, without what other runs do", async () => {
  const clock = new FakeClock();
  const shared = pool('echo', { maxSessions: 1 }, { clock });
  await (await shared.register({ holder: { test: 'of another run', file: 'c.test.ts' } })).unregister();
  const definition = { watched: { files: [], globs: [] } } as unknown as PoolDefinition;
  const share = new RunPool(shared, definition, { leave: () => {}, changed: () => {} });
  await expectCounted(share, clock, () => shared.stats().queued);
});

test('how long its children take to start, and how many took the place of another, in this run', async () => {
  const own = pool('echo', { recycleAfter: 1 });
  expect(own.stats()).toMatchObject({ restarts: 0, startTime: undefined });
  for (const number of [0, 1, 2]) {
    await (await own.register()).unregister();
    expect(own.statsOfRun().restarts).toBe(number);
  }
  expect(own.stats().startTime).toBeGreaterThan(0);
  own.countAnew();
  expect(own.statsOfRun().restarts).toBe(0);
});

test('where a child says no hello, it is not known how long it takes to start', async () => {
  const { hello: _, ...protocol } = programProtocol;
  const own = pool('echo', { protocol });
  await (await own.register()).unregister();
  expect(own.stats()).toMatchObject({ children: 1, startTime: undefined });
});

test('a call that gives up has waited, too; one that never waits in the queue is not counted', async () => {
  const clock = new FakeClock();
  const own = pool('echo', { maxSessions: 1, registerTimeout: 5_000 }, { clock });
  const first = await own.register();
  const late = own.register().catch((thrown: unknown) => thrown);
  await until('it waits', () => own.stats().queued === 1);
  clock.pass(5_000);
  expect(await late).toMatchObject({ code: 'POOL_QUEUE_TIMEOUT' });
  await expect(own.register({ wait: false })).rejects.toMatchObject({ code: 'POOL_FULL' });
  await first.unregister();
  expect(own.stats()).toMatchObject({ longestWait: 5_000, waits: { count: 1, total: 5_000 } });
});

test('a call whose session was open already has waited for nothing', async () => {
  const clock = new FakeClock();
  const own = pool('echo', { warm: 2, maxSessions: 4 }, { clock });
  const open = [await own.register()];
  for (let taken = 0; taken < 3; taken++) {
    await until('there is one', () => own.stats().warm > 0);
    open.push(await own.register());
  }
  const waiting = [own.register(), own.register()];
  await until('both wait', () => own.stats().queued === 2);
  clock.pass(3_000);
  for (const session of open) await session.unregister();
  await Promise.all(waiting);
  // Of six, two.
  expect(own.stats().waits).toMatchObject({ count: 2, total: 6_000, p50: 0, p95: expect.closeTo(3_000, -2) });
});
