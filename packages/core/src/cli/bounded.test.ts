import { expect, test } from 'vitest';
import { bounded } from './bounded.ts';

test('work begins in its order, at most so much at a time, and each result stands in its place', async () => {
  const gates = Array.from({ length: 6 }, () => Promise.withResolvers<number>());
  const begun: number[] = [];
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  };
  const results = bounded(
    2,
    gates.map(({ promise }, n) => () => {
      begun.push(n);
      return promise;
    }),
  );
  await turns();
  expect(begun).toEqual([0, 1]);
  gates[1]!.resolve(1);
  await turns();
  expect(begun).toEqual([0, 1, 2]);
  gates[0]!.reject(new Error('no'));
  gates[2]!.resolve(2);
  await turns();
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  for (const n of [3, 4, 5]) gates[n]!.resolve(n);
  expect(await Promise.allSettled(results)).toEqual([
    { status: 'rejected', reason: new Error('no') },
    ...[1, 2, 3, 4, 5].map((value) => ({ status: 'fulfilled', value })),
  ]);
});

test('what throws at once is the result of its own place alone', async () => {
  const [first, second] = bounded(1, [
    (): Promise<string> => {
      throw new Error('at once');
    },
    async () => 'second',
  ]);
  await expect(first).rejects.toThrow('at once');
  expect(await second).toBe('second');
  expect(bounded(4, [])).toEqual([]);
});
