import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Mailbox } from './mailbox.ts';

test('items are taken in the order they were pushed', async () => {
  const box = new Mailbox<number>(10);
  for (const item of [1, 2, 3]) expect(box.push(item)).toBe(true);
  expect(box.size).toBe(3);
  expect([await box.take().item, await box.take().item, await box.take().item]).toEqual([1, 2, 3]);
});

test('a full mailbox keeps what it has, and says so', async () => {
  const box = new Mailbox<number>(2);
  expect([box.push(1), box.push(2), box.push(3)]).toEqual([true, true, false]);
  expect(box.shift()).toBe(1);
  expect(box.push(4)).toBe(true);
  expect([await box.take().item, await box.take().item]).toEqual([2, 4]);
});

test('an item goes to the taker that has waited longest for it, and is not stored', async () => {
  const box = new Mailbox<number>(0);
  const even = box.take((item) => item % 2 === 0);
  const any = box.take();
  expect(box.push(1)).toBe(true);
  expect(await any.item).toBe(1);
  expect(box.push(3)).toBe(false);
  expect(box.push(4)).toBe(true);
  expect(await even.item).toBe(4);
  expect(box.push(6)).toBe(false);
});

test('taking what matches leaves the others in their order', async () => {
  const box = new Mailbox<string>(10);
  for (const item of ['a', 'b', 'c']) box.push(item);
  expect(await box.take((item) => item === 'b').item).toBe('b');
  expect([box.shift(), box.shift(), box.shift()]).toEqual(['a', 'c', undefined]);
});

test('a taker that stops gets nothing, and takes nothing from the others', async () => {
  const box = new Mailbox<number>(10);
  const [first, second] = [box.take(), box.take()];
  first.stop();
  expect(await first.item).toBe(undefined);
  box.push(1);
  expect(await second.item).toBe(1);
  second.stop();
});

test('a closed mailbox gives what it has, then nothing, and takes no more', async () => {
  const box = new Mailbox<number>(10);
  const waiting = box.take();
  box.push(1);
  box.push(2);
  box.close();
  box.close();
  expect(box.push(3)).toBe(true);
  expect(await waiting.item).toBe(1);
  expect([await box.take().item, await box.take().item]).toEqual([2, undefined]);
});

test('closing ends every wait', async () => {
  const box = new Mailbox<number>(10);
  const waits = [box.take(), box.take(() => true)];
  box.close();
  expect(await Promise.all(waits.map(({ item }) => item))).toEqual([undefined, undefined]);
});

test('whatever the order of pushing and taking, nothing is lost, doubled or reordered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 50 }), async (moves) => {
      const box = new Mailbox<number>(1_000);
      const taken: Promise<number | undefined>[] = [];
      let pushed = 0;
      for (const push of moves) {
        if (push) box.push(pushed++);
        else taken.push(box.take().item);
      }
      box.close();
      const got = (await Promise.all(taken)).filter((item) => item !== undefined);
      expect(got).toEqual(Array.from({ length: Math.min(pushed, taken.length) }, (_, n) => n));
      expect(box.size).toBe(pushed - got.length);
    }),
  );
});

test('an item that is put back is the next to be taken', async () => {
  const box = new Mailbox<number>(1);
  box.push(2);
  box.unshift(1);
  expect([await box.take().item, await box.take().item]).toEqual([1, 2]);
  const odd = box.take((item) => item % 2 === 1);
  box.unshift(4);
  box.unshift(3);
  expect([await odd.item, await box.take().item]).toEqual([3, 4]);
});

test('whatever is taken from where, and put back, it holds what a plain list would', async () => {
  const move = fc.constantFrom('push', 'shift', 'take', 'take even', 'unshift');
  const isEven = (item: number): boolean => item % 2 === 0;
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 80 }), async (moves) => {
      const box = new Mailbox<number>(30);
      const list: number[] = [];
      const got: (number | boolean | undefined)[] = [];
      const wanted: typeof got = [];
      for (const [item, kind] of moves.entries()) {
        if (kind === 'push') {
          got.push(box.push(item));
          wanted.push(list.length < 30);
          if (list.length < 30) list.push(item);
        } else if (kind === 'unshift') {
          box.unshift(item);
          list.unshift(item);
        } else if (kind === 'shift') {
          got.push(box.shift());
          wanted.push(list.shift());
        } else {
          const matches = kind === 'take' ? undefined : isEven;
          const at = matches === undefined ? 0 : list.findIndex(matches);
          wanted.push(at < 0 ? undefined : list.splice(at, 1)[0]);
          const taking = box.take(matches);
          taking.stop();
          got.push(await taking.item);
        }
        got.push(box.size, ...box.latest(3));
        wanted.push(list.length, ...list.slice(-3));
      }
      expect(got).toEqual(wanted);
    }),
  );
});

test('many items that wait are taken in a time that grows with their number, not with its square', () => {
  const box = new Mailbox<number>(Infinity);
  const count = 200_000;
  for (let item = 0; item < count; item++) box.push(item);
  const since = performance.now();
  for (let taken = 0; taken < count; taken++) box.take();
  // With the square it is more than ten times this.
  expect(performance.now() - since).toBeLessThan(2_000);
  expect(box.size).toBe(0);
});
