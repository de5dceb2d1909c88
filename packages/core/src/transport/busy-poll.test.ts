import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** What the module under test has asked to be called next. */
let ticks: (() => void)[] = [];

beforeEach(() => {
  ticks = [];
  vi.resetModules();
  vi.stubGlobal('setImmediate', (turn: () => void) => ticks.push(turn));
});
afterEach(() => {
  vi.unstubAllGlobals();
  // Other files of this worker must not find modules that captured the stub.
  vi.resetModules();
});

async function busyPoll(limit: number): Promise<{ start(): void; hit(): void }> {
  const { BusyPoll } = await import('./busy-poll.ts');
  return new BusyPoll(limit);
}

const turn = (): void => ticks.shift()?.();

test('polls until the answer has arrived', async () => {
  const awake = await busyPoll(60_000);
  awake.start();
  awake.start();
  expect(ticks).toHaveLength(1);
  turn();
  turn();
  expect(ticks).toHaveLength(1);
  awake.hit();
  turn();
  expect(ticks).toHaveLength(0);
  awake.start();
  expect(ticks).toHaveLength(1);
});

test('backs off further with each poll in vain, and starts anew after a hit', async () => {
  const awake = await busyPoll(0);
  const asleep: number[] = [];
  const inVain = (): void => {
    let skipped = 0;
    for (awake.start(); ticks.length === 0; awake.start()) skipped++;
    asleep.push(skipped);
    turn();
  };
  for (let n = 0; n < 9; n++) inVain();
  expect(asleep).toEqual([0, 1, 2, 4, 8, 16, 32, 32, 32]);
  while (ticks.length === 0) awake.start();
  awake.hit();
  turn();
  asleep.length = 0;
  inVain();
  inVain();
  expect(asleep).toEqual([0, 1]);
});

test('does nothing when nothing was expected', async () => {
  const awake = await busyPoll(0);
  awake.hit();
  expect(ticks).toHaveLength(0);
});

test('uses the clock from when it was loaded, because a test may fake the current one', async () => {
  const awake = await busyPoll(1);
  const now = performance.now.bind(performance);
  const deadline = now() + 2_000;
  vi.spyOn(performance, 'now').mockReturnValue(0);
  awake.start();
  while (ticks.length > 0 && now() < deadline) turn();
  vi.restoreAllMocks();
  expect(ticks).toHaveLength(0);
});
