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
