import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import { within, type WaitOptions } from './wait.ts';

const tooLate = new Error('too late');

function waiting(more: Partial<WaitOptions<string>> = {}) {
  const clock = new FakeClock();
  const work = Promise.withResolvers<string>();
  const late: string[] = [];
  const options = { clock, expired: () => tooLate, late: (result: string) => void late.push(result), ...more };
  return { clock, work, late, result: within(work.promise, options) };
}

test('it resolves as the work does, and leaves no timer', async () => {
  const { clock, work, late, result } = waiting({ timeout: 100 });
  expect(clock.pending).toBe(1);
  work.resolve('done');
  expect(await result).toBe('done');
  expect(clock.pending).toBe(0);
  expect(late).toEqual([]);
});

test('it rejects as the work does', async () => {
  const { clock, work, result } = waiting({ timeout: 100 });
  work.reject(new Error('broken'));
  await expect(result).rejects.toThrow('broken');
  expect(clock.pending).toBe(0);
});

test('at the deadline it rejects, and what comes later is destroyed', async () => {
  const { clock, work, late, result } = waiting({ timeout: 100 });
  clock.pass(99);
  clock.pass(1);
  await expect(result).rejects.toBe(tooLate);
  work.resolve('done');
  await work.promise;
  expect(late).toEqual(['done']);
});

test('a failure that comes too late is ignored', async () => {
  const { clock, work, late, result } = waiting({ timeout: 100 });
  clock.pass(100);
  await expect(result).rejects.toBe(tooLate);
  work.reject(new Error('broken'));
  await work.promise.catch(() => {});
  expect(late).toEqual([]);
});

test.each([undefined, Infinity])('a timeout of %s sets no deadline', async (timeout) => {
  const { clock, work, result } = waiting({ timeout });
  expect(clock.pending).toBe(0);
  work.resolve('done');
  expect(await result).toBe('done');
});

test('a signal ends it with its reason, and clears its timer', async () => {
  const given = new AbortController();
  const { clock, work, late, result } = waiting({ timeout: 100, signal: given.signal });
  const reason = new Error('enough');
  given.abort(reason);
  await expect(result).rejects.toBe(reason);
  expect(clock.pending).toBe(0);
  work.resolve('done');
  await work.promise;
  expect(late).toEqual(['done']);
});

test('a signal that has fired ends it at once', async () => {
  const reason = new Error('enough');
  const { result } = waiting({ signal: AbortSignal.abort(reason) });
  await expect(result).rejects.toBe(reason);
});

test('a signal that fires afterwards changes nothing', async () => {
  const given = new AbortController();
  const { work, late, result } = waiting({ signal: given.signal });
  work.resolve('done');
  expect(await result).toBe('done');
  given.abort();
  expect(late).toEqual([]);
});

test('time for which the process is blocked does not count where it is to be awake', async () => {
  const { clock, work, result } = waiting({ timeout: 1_000, awake: true });
  clock.pass(950);
  clock.stall(60_000);
  work.resolve('done');
  expect(await result).toBe('done');
  expect(clock.pending).toBe(0);
});

test('the rest of the time is left after it', async () => {
  const { clock, work, late, result } = waiting({ timeout: 1_000, awake: true });
  clock.pass(250);
  clock.stall(60_000);
  clock.pass(799);
  expect(clock.pending).toBe(1);
  clock.pass(1);
  await expect(result).rejects.toBe(tooLate);
  work.resolve('done');
  await work.promise;
  expect([late, clock.pending]).toEqual([['done'], 0]);
});

test('one that is blocked again and again has an end, and so has one that is not', async () => {
  const blocked = waiting({ timeout: 1_000, awake: true });
  for (let n = 0; n < 20; n++) blocked.clock.stall(5_000);
  await expect(blocked.result).rejects.toBe(tooLate);
  const free = waiting({ timeout: 1_000, awake: true });
  free.clock.pass(999);
  expect(free.clock.pending).toBe(1);
  free.clock.pass(1);
  await expect(free.result).rejects.toBe(tooLate);
});
