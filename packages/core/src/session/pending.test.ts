import { expect, test } from 'vitest';
import { Pending, type PendingCall } from './pending.ts';

const callbacks = { reply: () => {}, failed: () => {} };
const call = (): PendingCall => ({ key: undefined, callbacks, number: 1, sent: undefined });

test('a call is found by its key, once', () => {
  const pending = new Pending();
  const [a, b] = [call(), call()];
  pending.add('a', a);
  pending.add('b', b);
  expect(pending.size).toBe(2);
  expect(pending.peek('b')).toBe(b);
  expect(pending.take('b')).toBe(b);
  expect(pending.take('b')).toBe(undefined);
  expect(pending.peek('b')).toBe(undefined);
  expect(pending.size).toBe(1);
});

test('calls under one key are answered in the order they were made', () => {
  const pending = new Pending();
  const calls = [call(), call(), call()];
  for (const each of calls) pending.add('same', each);
  expect([1, 2, 3, 4].map(() => pending.take('same'))).toEqual([...calls, undefined]);
  expect(pending.size).toBe(0);
});

test.each(['__proto__', 'constructor', 'toString', '', '0'])('the key %j is a key like any other', (key) => {
  const pending = new Pending();
  expect(pending.take(key)).toBe(undefined);
  const one = call();
  pending.add(key, one);
  expect(pending.take(key)).toBe(one);
});

test('draining takes all, and leaves nothing', () => {
  const pending = new Pending();
  const calls = [call(), call(), call()];
  pending.add('a', calls[0]!);
  pending.add('b', calls[1]!);
  pending.add('a', calls[2]!);
  expect(new Set(pending.drain())).toEqual(new Set(calls));
  expect(pending.size).toBe(0);
  expect(pending.drain()).toEqual([]);
  expect(pending.take('a')).toBe(undefined);
});
