import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** What the module under test has asked to be called next. */
let turns: (() => void)[] = [];

beforeEach(() => {
  turns = [];
  vi.resetModules();
  vi.stubGlobal('setImmediate', (turn: () => void) => turns.push(turn));
});
afterEach(() => vi.unstubAllGlobals());

async function attention(limit: number): Promise<{ expect(): void; met(): void }> {
  const { Attention } = await import('./busy-poll.ts');
  return new Attention(limit);
}

const turn = (): void => turns.shift()?.();

test('stays awake until what it expects has come', async () => {
  const awake = await attention(60_000);
  awake.expect();
  awake.expect();
  expect(turns).toHaveLength(1);
  turn();
  turn();
  expect(turns).toHaveLength(1);
  awake.met();
  turn();
  expect(turns).toHaveLength(0);
  awake.expect();
  expect(turns).toHaveLength(1);
});

test('sleeps ever longer when it waits in vain, and begins anew when it did not', async () => {
  const awake = await attention(0);
  const asleep: number[] = [];
  const inVain = (): void => {
    let skipped = 0;
    for (awake.expect(); turns.length === 0; awake.expect()) skipped++;
    asleep.push(skipped);
    turn();
  };
  for (let n = 0; n < 9; n++) inVain();
  expect(asleep).toEqual([0, 1, 2, 4, 8, 16, 32, 32, 32]);
  while (turns.length === 0) awake.expect();
  awake.met();
  turn();
  asleep.length = 0;
  inVain();
  inVain();
  expect(asleep).toEqual([0, 1]);
});

test('does nothing when what comes was not expected', async () => {
  const awake = await attention(0);
  awake.met();
  expect(turns).toHaveLength(0);
});

test('goes by the clock that was there when it was loaded: a test may stop that of its own', async () => {
  const awake = await attention(1);
  const now = performance.now.bind(performance);
  const deadline = now() + 2_000;
  vi.spyOn(performance, 'now').mockReturnValue(0);
  awake.expect();
  while (turns.length > 0 && now() < deadline) turn();
  vi.restoreAllMocks();
  expect(turns).toHaveLength(0);
});
