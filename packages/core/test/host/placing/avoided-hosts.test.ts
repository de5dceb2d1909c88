// For how long a host is left alone, and when that is told.
import { expect, test } from 'vitest';
import { AvoidedHosts } from '../../../src/host/placing/avoided-hosts.ts';
import { FakeClock } from '../../support/clock.ts';

const [onTheWay, there] = [{ onTheWay: true }, { onTheWay: false }];

function world() {
  const clock = new FakeClock();
  const avoided = new AvoidedHosts(clock);
  /** Milliseconds until it may be tried again, in which it is not. */
  const passes = (): number => {
    let milliseconds = 0;
    for (; avoided.has('b', 'db'); milliseconds += 100) clock.pass(100);
    return milliseconds;
  };
  return { clock, avoided, passes };
}

test('failures on the way: 2 s, and twice as long each time, up to 30 s; the first and the longest are told', () => {
  const { avoided, passes } = world();
  const all = Array.from({ length: 7 }, () => [avoided.avoid('b', 'db', onTheWay), passes()]);
  expect(all).toEqual([
    [2_000, 2_000],
    [undefined, 4_000],
    [undefined, 8_000],
    [undefined, 16_000],
    [30_000, 30_000],
    [undefined, 30_000],
    [undefined, 30_000],
  ]);
});

test('what was sent before it was left alone and fails later makes it no longer; what the host itself says does, once', () => {
  const { clock, avoided, passes } = world();
  avoided.avoid('b', 'db', onTheWay);
  clock.pass(1_500);
  expect(avoided.avoid('b', 'db', onTheWay)).toBeUndefined();
  expect(passes()).toBe(500);
  avoided.avoid('b', 'db', onTheWay);
  clock.pass(500);
  expect(avoided.avoid('b', 'db', there)).toBe(30_000);
  clock.pass(10_000);
  for (const how of [there, onTheWay]) expect(avoided.avoid('b', 'db', how)).toBeUndefined();
  expect(passes()).toBe(20_000);
});

test('a failure long after the last one, or after a session, is the first again', () => {
  const { clock, avoided, passes } = world();
  avoided.avoid('b', 'db', there);
  expect(passes()).toBe(30_000);
  clock.pass(29_900);
  avoided.avoid('b', 'db', onTheWay);
  expect(passes()).toBe(30_000);
  clock.pass(30_000);
  // Without a session it is no news.
  expect(avoided.avoid('b', 'db', onTheWay)).toBeUndefined();
  expect(passes()).toBe(2_000);
  avoided.avoid('b', 'db', onTheWay);
  expect(avoided.forgive('b', 'db')).toBe(true);
  expect([avoided.has('b', 'db'), avoided.forgive('b', 'db')]).toEqual([false, false]);
  expect(avoided.avoid('b', 'db', onTheWay)).toBe(2_000);
  expect(passes()).toBe(2_000);
});

test('sessions and failures by turns are told each 30 s, and not more often', () => {
  const { clock, avoided } = world();
  const told: number[] = [];
  for (let turn = 0; turn < 600; turn++) {
    if (avoided.avoid('b', 'db', turn % 2 === 0 ? onTheWay : there) !== undefined) told.push(turn / 10);
    avoided.forgive('b', 'db');
    clock.pass(100);
  }
  expect(told).toEqual([0, 30]);
});

test('one pool that fails says nothing of the others of that host; a new run tries all', () => {
  const { avoided } = world();
  avoided.avoid('b', 'db', there);
  expect([avoided.has('b', 'db'), avoided.has('b', 'api'), avoided.has('c', 'db')]).toEqual([true, false, false]);
  expect(avoided.forgive('b', 'api')).toBe(false);
  expect(avoided.has('b', 'db')).toBe(true);
  avoided.clear();
  expect(avoided.has('b', 'db')).toBe(false);
});

test('no more than 1,000 are remembered: those that failed last', () => {
  const { clock, avoided } = world();
  avoided.avoid('h0', 'db', onTheWay);
  avoided.avoid('h1', 'db', there);
  clock.pass(2_000);
  avoided.avoid('h0', 'db', there);
  for (let n = 2; n <= 1_000; n++) avoided.avoid(`h${n}`, 'db', there);
  expect([0, 1, 2, 1_000].map((n) => avoided.has(`h${n}`, 'db'))).toEqual([true, false, true, true]);
});
