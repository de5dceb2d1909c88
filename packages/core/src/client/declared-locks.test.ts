import { expect, test } from 'vitest';
import { lockName, lockOrder } from './declared-locks.ts';

const locks = {
  printer: 'lock',
  first: { lock: 'a' },
  reads: { read: 'book' },
  writes: { write: 'book' },
  desk: { semaphore: 2, name: 'furniture' },
  chair: { semaphore: 4 },
  atlas: { lock: 'atlas', scope: 'machine' },
} as const;

test('fixtures are taken in the order of what they take, the same in every test, those of the machine last', () => {
  expect(lockOrder(locks, () => true)).toEqual(['first', 'reads', 'writes', 'chair', 'desk', 'printer', 'atlas']);
  expect(lockOrder(locks, (name) => name === 'printer' || name === 'desk')).toEqual(['desk', 'printer']);
});

test('a lock has the name of its fixture, or its own', () => {
  expect(lockName('printer', locks.printer)).toBe('printer');
  expect(lockName('desk', locks.desk)).toBe('furniture');
  expect(lockName('chair', locks.chair)).toBe('chair');
});
