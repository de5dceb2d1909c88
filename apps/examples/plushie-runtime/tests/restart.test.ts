import { expect, test } from 'vitest';
import { restart } from '../restart.ts';
import { ManualClock } from './manual-clock.ts';

test('five restarts in a row, each after twice as long', () => {
  const clock = new ManualClock();
  let started = 0;
  const restarts = restart(() => started++, clock);
  for (let time = 1; time <= 5; time++) {
    expect(restarts.schedule()).toBe(true);
    expect(started).toBe(time - 1);
    clock.elapse();
  }
  expect(restarts.schedule()).toBe(false);
  expect(clock.delays).toEqual([100, 200, 400, 800, 1600]);
  expect(started).toBe(5);
});

test('one that works makes the next failure a first one', () => {
  const clock = new ManualClock();
  const restarts = restart(() => restarts.succeeded(), clock);
  for (let time = 0; time < 7; time++) {
    expect(restarts.schedule()).toBe(true);
    clock.elapse();
  }
  expect(clock.delays).toEqual([100, 100, 100, 100, 100, 100, 100]);
});

test('a cancelled one does not start', () => {
  const clock = new ManualClock();
  const restarts = restart(() => expect.unreachable(), clock);
  restarts.schedule();
  restarts.cancel();
  expect(clock.waiting).toBe(0);
});
