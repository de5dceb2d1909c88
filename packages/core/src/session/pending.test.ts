import { expect, test } from 'vitest';
import { abandoned, Pending, type PendingCall } from './pending.ts';

const call = (): PendingCall => ({
  key: undefined,
  callbacks: { reply: () => {}, failed: () => {} },
  number: 1,
  sent: undefined,
});

test('a call is found by its key, once', () => {
  const pending = new Pending();
  const [a, b] = [call(), call()];
  pending.add('a', a);
  pending.add('b', b);
  expect(pending.size).toBe(2);
  expect(pending.peek('b')).toBe(b);
  const { callbacks } = b;
  expect(pending.take('b')).toBe(callbacks);
  expect(pending.take('b')).toBe(undefined);
  expect(pending.peek('b')).toBe(undefined);
  expect(pending.size).toBe(1);
});

test('calls under one key are answered in the order they were made', () => {
  const pending = new Pending();
  const calls = [call(), call(), call()];
  const callbacks = calls.map((each) => each.callbacks);
  for (const each of calls) pending.add('same', each);
  const taken = [1, 2, 3, 4].map(() => pending.take('same'));
  expect(taken.map((each) => each && callbacks.indexOf(each))).toEqual([0, 1, 2, undefined]);
  expect(pending.size).toBe(0);
});

test.each(['__proto__', 'constructor', 'toString', '', '0'])('the key %j is a key like any other', (key) => {
  const pending = new Pending();
  expect(pending.take(key)).toBe(undefined);
  const one = call();
  const { callbacks } = one;
  pending.add(key, one);
  expect(pending.take(key)).toBe(callbacks);
});

test('a call that was answered holds neither its callbacks nor its message', () => {
  const pending = new Pending();
  const one: PendingCall = { ...call(), sent: 20_000 };
  pending.add('a', one);
  expect(one.key).toBe('a');
  pending.take('a');
  expect(one).toEqual({ key: 'a', callbacks: abandoned, number: 1, sent: undefined });
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
