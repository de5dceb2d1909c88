import { expect, test } from 'vitest';
import { TestClock } from './test-clock.ts';

test('a wait on the clock of a test ends before the test, unless the deadline of the pool comes first', () => {
  let time = 50;
  const now = (): number => time;
  const short = new TestClock(() => 5_000, { now });
  const patient = new TestClock(() => 5_000, { now, margin: 200, least: 1_000 });
  expect(short.waitOptions()).toEqual({ timeout: 4_900 });
  expect(patient.waitOptions()).toEqual({ timeout: 4_800 });
  time += 1_000.4;
  expect(short.waitOptions()).toEqual({ timeout: 3_900 });
  time += 10_000;
  expect(short.waitOptions()).toEqual({ timeout: 1 });
  expect(patient.waitOptions()).toEqual({ timeout: 1_000 });
});

test.for([0, Infinity, 60_100])('a time-out of %d leaves the wait to the pool', (timeout) => {
  expect(new TestClock(() => timeout, { now: () => 0 }).waitOptions()).toEqual({});
});

test('the time-out may change while the test runs', () => {
  let timeout = 1_000;
  const clock = new TestClock(() => timeout, { now: () => 0 });
  timeout = 2_000;
  expect(clock.waitOptions()).toEqual({ timeout: 1_900 });
});
