import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fifo } from './fifo.ts';

test('is an array whose `shift` is cheap', () => {
  const push = fc.integer({ min: 0, max: 3_000 }).map((count) => ({ push: count }));
  const shift = fc.integer({ min: 0, max: 3_000 }).map((count) => ({ shift: count }));
  fc.assert(
    fc.property(fc.array(fc.oneof(push, shift)), (steps) => {
      const fifo = new Fifo<number>();
      let added = 0;
      let taken = 0;
      const got: unknown[] = [];
      const wanted: unknown[] = [];
      for (const step of steps) {
        if ('push' in step) {
          for (let count = 0; count < step.push; count++) fifo.push(added++);
        } else {
          for (let count = 0; count < step.shift; count++) {
            const next = taken < added ? taken++ : undefined;
            got.push(fifo.first, fifo.shift());
            wanted.push(next, next);
          }
        }
        got.push(fifo.size);
        wanted.push(added - taken);
      }
      expect(got).toEqual(wanted);
      expect(fifo.drain()).toEqual(Array.from({ length: added - taken }, (_, index) => taken + index));
      expect([fifo.size, fifo.first, fifo.shift()]).toEqual([0, undefined, undefined]);
    }),
    { numRuns: 30 },
  );
});
