import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HostDirectory } from './directory.ts';
import { placeOf, type HostLoad, type PoolLoad } from './placement.ts';

const wanted = { name: 'db', identity: 'x' };
const pool = (free: number, queued = 0, slots = 8): PoolLoad => ({ identity: 'x', slots, free, queued });
const host = (name: string, db: PoolLoad, load = 0): HostLoad => ({ host: name, address: name, pools: { db }, load });
const chosen = (...hosts: HostLoad[]): string | undefined => placeOf(wanted, hosts, new Map())?.host;

test('the least loaded host that has the pool; of two alike the one with the calmer machine', () => {
  expect(chosen(host('a', pool(2)), host('b', pool(5)), host('c', pool(4)))).toBe('b');
  expect(chosen(host('a', pool(4, 0, 16)), host('b', pool(4, 0, 8)))).toBe('b');
  expect(chosen(host('a', pool(3), 2), host('b', pool(3), 0.5))).toBe('b');
});

test('a host with another pool of the same name, or with none, is none', () => {
  const other = { identity: 'y', slots: 8, free: 8, queued: 0 };
  expect(chosen(host('a', other), host('b', pool(0, 5)))).toBe('b');
  expect(chosen(host('a', other), { host: 'c', address: '', pools: {}, load: 0 })).toBeUndefined();
  expect(placeOf({ name: 'toString', identity: 'x' }, [host('a', pool(1))], new Map())).toBeUndefined();
});

test('where all are full, the shortest queue for its size', () => {
  expect(chosen(host('a', pool(0, 4)), host('b', pool(0, 3)))).toBe('b');
  expect(chosen(host('a', pool(0, 6, 16)), host('b', pool(0, 4, 8)))).toBe('a');
});

test('registrations on their way count, until the host has said more', () => {
  const directory = new HostDirectory(1_000);
  for (const name of ['a', 'b', 'c']) directory.hear(host(name, pool(2, 0, 2)), 1, 0);
  const placed = Array.from({ length: 6 }, () => directory.place(wanted, 1)?.host);
  expect(placed).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  directory.hear(host('b', pool(2, 0, 2)), 2, 2);
  directory.hear(host('b', pool(0, 9, 2)), 1, 3);
  expect(directory.place(wanted, 4)?.host).toBe('b');
});

test('it moves on where a host says nothing more, or is not there', () => {
  const directory = new HostDirectory(1_000);
  directory.hear(host('a', pool(8)), 1, 0);
  directory.hear(host('b', pool(1)), 1, 500);
  expect(directory.place(wanted, 900)?.host).toBe('a');
  expect(directory.place(wanted, 900, new Set(['a']))?.host).toBe('b');
  expect(directory.place(wanted, 1_000)?.host).toBe('b');
  directory.forget('b');
  expect(directory.place(wanted, 1_001)).toBeUndefined();
});

const anyHost = fc.record({
  slots: fc.integer({ min: 1, max: 8 }),
  used: fc.nat(8),
  queued: fc.nat(20),
  load: fc.nat(4),
});

test('no slot stays free while something waits, and no queue is longer than another by more than one turn', () => {
  fc.assert(
    fc.property(fc.array(anyHost, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 200 }), (all, count) => {
      const directory = new HostDirectory(1_000);
      const counts = new Map<string, { slots: number; waiting: number }>();
      for (const [number, { slots, used, load }] of all.entries()) {
        const free = Math.max(slots - used, 0);
        directory.hear(host(`h${number}`, pool(free, 0, slots), load), 1, 0);
        counts.set(`h${number}`, { slots, waiting: -free });
      }
      for (let placed = 0; placed < count; placed++) {
        const name = directory.place(wanted, 0)?.host ?? '';
        const at = counts.get(name)!;
        // Where one has a free slot, none waits at another.
        const free = [...counts.values()].some(({ waiting }) => waiting < 0);
        expect(free && at.waiting >= 0).toBe(false);
        at.waiting++;
      }
      const turns = [...counts.values()]
        .filter(({ waiting }) => waiting >= 0)
        .map(({ slots, waiting }) => waiting / slots);
      expect(Math.max(0, ...turns) - Math.min(Infinity, ...turns)).toBeLessThanOrEqual(1);
    }),
  );
});
