// What a test that fails has waited for before it had its session: in its evidence.
import { expect, test } from 'vitest';
import { Owner } from '../../src/client/owner.ts';
import { evidenceText } from '../../src/client/report.ts';
import { FakeClock } from '../support/clock.ts';
import { serve } from '../support/hubs.ts';
import { program } from '../support/pools.ts';

async function owners(maxSessions: number) {
  const clock = new FakeClock();
  const served = await serve({ echoes: program('echo', { maxSessions }) }, { clock });
  const client = await served.connect();
  const owner = (test: string): Owner =>
    new Owner({ path: ['a.test.ts', test], holder: { test, file: 'a.test.ts' }, connect: () => client });
  const isQueued = (): Promise<void> => expect.poll(() => served.pool().stats().queued).toBe(1);
  /** Its session, for which it waits so long, until one of another is ended. */
  const waits = async (waiter: Owner, { milliseconds, until }: { milliseconds: number; until: Owner }) => {
    const registered = waiter.register('echoes');
    await isQueued();
    clock.pass(milliseconds);
    await until.end();
    await registered;
  };
  return { owner, waits };
}

const slotsIn = async (owner: Owner): Promise<readonly string[]> =>
  (await owner.evidence()).filter(({ pool }) => pool === 'slots').flatMap(({ messages = [] }) => messages);

test('a wait for a slot that took long is told with those that held it when it began, also after the session has ended', async () => {
  const { owner, waits } = await owners(3);
  const [first, second, third] = [owner('first'), owner('second'), owner('third')];
  for (const holder of [first, second, second]) await holder.register('echoes');
  await waits(third, { milliseconds: 3_200, until: second });
  const place = String.raw`\(\S+slot-waits\.test\.ts:\d+:\d+\)`;
  const told = `^waited 3200 ms for one of the 3 slots of "echoes", held by "first" ${place}, "second" ${place} \\(2 of them\\)$`;
  expect(await slotsIn(third)).toEqual([expect.stringMatching(new RegExp(told))]);
  await third.end();
  expect(evidenceText(await third.evidence())).toMatch(/\n── slots ──\nwaited 3200 ms for one of the 3 slots/);
  expect(await slotsIn(first)).toEqual([]);
  await first.end();
});

test('a wait for the only slot; a short one is not told', async () => {
  const { owner, waits } = await owners(1);
  const [first, second, third] = [owner('first'), owner('second'), owner('third')];
  await first.register('echoes');
  await waits(second, { milliseconds: 199, until: first });
  expect(await slotsIn(second)).toEqual([]);
  await waits(third, { milliseconds: 200, until: second });
  expect(await slotsIn(third)).toEqual([
    expect.stringMatching(/^waited 200 ms for the only slot of "echoes", held by "second" \(\S+:\d+:\d+\)$/),
  ]);
  await third.end();
});
