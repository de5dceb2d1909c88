import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import { Heartbeat } from './heartbeat.ts';

/** A heartbeat with turns of a second, of which three may be quiet after the ping. */
function heartbeat() {
  const clock = new FakeClock();
  const seen = { pings: 0, lost: [] as number[], wanted: true, received: 0, there: false };
  const beat = new Heartbeat({
    clock,
    interval: 1_000,
    limit: 3,
    limitIfThere: 5,
    isThere: () => seen.there,
    received: () => seen.received,
    wanted: () => seen.wanted,
    ping: () => seen.pings++,
    lost: (silence) => seen.lost.push(silence),
  });
  return { clock, seen, beat };
}

test('pings after one quiet turn, and reports the loss after `limit` more', () => {
  const { clock, seen, beat } = heartbeat();
  clock.pass(1_000);
  expect([seen.pings, beat.silence]).toEqual([1, 1_000]);
  clock.pass(2_999);
  expect(seen.lost).toEqual([]);
  clock.pass(1);
  expect(seen).toMatchObject({ pings: 1, lost: [4_000] });
  clock.pass(60_000);
  expect(seen.lost).toHaveLength(1);
});

test('anything that arrives is a sign of life', () => {
  const { clock, seen, beat } = heartbeat();
  for (let turn = 0; turn < 20; turn++) {
    clock.pass(2_000);
    seen.received++;
  }
  expect(seen.lost).toEqual([]);
  clock.pass(1_000);
  expect(beat.silence).toBe(0);
});

test('silence means nothing where nothing is awaited', () => {
  const { clock, seen } = heartbeat();
  seen.wanted = false;
  clock.pass(60_000);
  seen.wanted = true;
  expect(seen).toMatchObject({ pings: 0, lost: [] });
  clock.pass(4_000);
  expect(seen).toMatchObject({ pings: 1, lost: [4_000] });
});

test('one whose machine answers has more turns, as long as it does', () => {
  const { clock, seen } = heartbeat();
  seen.there = true;
  clock.pass(5_999);
  expect(seen.lost).toEqual([]);
  clock.pass(1);
  expect(seen.lost).toEqual([6_000]);
  const other = heartbeat();
  other.seen.there = true;
  other.clock.pass(4_500);
  other.seen.there = false;
  other.clock.pass(500);
  expect(other.seen.lost).toEqual([5_000]);
});

test('nothing more comes of one that was stopped', () => {
  const { clock, seen, beat } = heartbeat();
  beat.stop();
  clock.pass(60_000);
  expect(seen).toMatchObject({ pings: 0, lost: [] });
});
