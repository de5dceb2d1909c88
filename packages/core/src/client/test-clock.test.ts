import { expect, test } from 'vitest';
import { TestClock } from './test-clock.ts';

test('a wait on the clock of a test ends before the test', () => {
  let time = 50;
  const now = (): number => time;
  const short = new TestClock(() => 5_000, { now });
  const patient = new TestClock(() => 5_000, { now, margin: 200 });
  expect([short.timeLeft(), patient.timeLeft()]).toEqual([4_500, 4_800]);
  time += 1_000.4;
  expect(short.timeLeft()).toBe(3_500);
  time += 10_000;
  expect([short.timeLeft(), patient.timeLeft()]).toEqual([1, 1]);
});

test.for([0, Infinity])('a time-out of %d leaves any time', (timeout) => {
  expect(new TestClock(() => timeout, { now: () => 0 }).timeLeft()).toBe(Infinity);
});

test('the time-out may change while the test runs', () => {
  let timeout = 1_000;
  const clock = new TestClock(() => timeout, { now: () => 0 });
  timeout = 2_000;
  expect(clock.timeLeft()).toBe(1_800);
});

test('what has ended leaves any time to what it left running', () => {
  let time = 0;
  const clock = new TestClock(() => 1_000, { now: () => time });
  time = 5_000;
  expect(clock.timeLeft()).toBe(1);
  clock.end();
  expect(clock.timeLeft()).toBe(Infinity);
});

test.for([
  [300, 200],
  [3_200, 2_880],
  [60_000, 59_500],
] as const)('of %d ms a wait at the beginning may take %d', ([timeout, left]) => {
  expect(new TestClock(() => timeout, { now: () => 0 }).timeLeft()).toBe(left);
});
