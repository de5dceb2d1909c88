import { expect, test } from 'vitest';
import { WarmStock, type Fitness } from './warm-stock.ts';

/** Two warm sessions of a pool with room, each a letter. */
function stock(fitness: (item: string) => Fitness = () => 'fit') {
  const made = new WarmStock<string>({ size: 2, likely: 5_000 }, fitness);
  const plan = (now: number, free = 8, waiting = 0) => made.plan(now, { free, waiting });
  const register = (now: number, params = false): void => made.registered(now, params);
  return { made, plan, register };
}

test('before the first call none is opened, after a call as many as are missing', () => {
  const { made, plan, register } = stock();
  expect(plan(0).open).toBe(0);
  register(1_000);
  expect(plan(1_000).open).toBe(2);
  made.began('a');
  expect(plan(1_000).open).toBe(1);
  made.began('b');
  expect(plan(1_000).open).toBe(0);
  made.opened('a');
  expect(made.take()).toBe('a');
  expect(made.take()).toBe('b');
  expect(made.take()).toBeUndefined();
  register(2_000);
  expect(plan(2_000).open).toBe(2);
});

test('when the next call is not likely any more, none is opened', () => {
  const { made, plan, register } = stock();
  register(1_000);
  expect(plan(6_000).open).toBe(2);
  expect(plan(6_001).open).toBe(0);
  register(7_000);
  made.newRun();
  expect(plan(7_000).open).toBe(0);
});

test('one that fails is not tried again before the next call', () => {
  const { made, plan, register } = stock();
  register(0);
  made.began('a');
  made.failed('a');
  expect(plan(1).open).toBe(0);
  register(2);
  expect(plan(2).open).toBe(2);
});

test('those that end are made anew, twice as many as are kept at most', () => {
  const { made, plan, register } = stock();
  register(0);
  for (const item of ['a', 'b', 'c', 'd']) {
    expect(plan(1).open).toBeGreaterThan(0);
    made.began(item);
    made.opened(item);
    made.gone(item);
  }
  expect(plan(1).open).toBe(0);
});

test('as many are given up as calls wait, and not more for those that are closing', () => {
  const { made, plan, register } = stock();
  register(0);
  for (const item of ['a', 'b']) made.began(item);
  made.opened('b');
  expect(plan(1, 0, 1)).toEqual({ open: 0, giveUp: ['b'] });
  expect(plan(1, 0, 1)).toEqual({ open: 0, giveUp: [] });
  expect(plan(1, 0, 2)).toEqual({ open: 0, giveUp: ['a'] });
  expect([made.size, made.items]).toEqual([0, ['b', 'a']]);
  made.gone('b');
  made.gone('a');
  expect(plan(1, 2)).toEqual({ open: 2, giveUp: [] });
});

test('those of a child that takes no more sessions are given up, those of one that may be blocked are not taken', () => {
  let fitness: Fitness = 'held back';
  const { made, plan, register } = stock(() => fitness);
  register(0);
  made.began('a');
  made.opened('a');
  expect(made.take()).toBeUndefined();
  expect(plan(1, 0, 1).giveUp).toEqual([]);
  fitness = 'stale';
  expect(plan(1).giveUp).toEqual(['a']);
});

test('once calls have `params`, one slot is left free for the next of them', () => {
  const { plan, register } = stock();
  register(0, true);
  expect([plan(1, 3).open, plan(1, 2).open, plan(1, 1).open]).toEqual([2, 1, 0]);
});
