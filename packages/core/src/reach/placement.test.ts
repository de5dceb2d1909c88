import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HostDirectory, mostHosts } from './host-directory.ts';
import type { HostOffer, PoolOffer } from './offer.ts';
import { placeOf } from './placement.ts';

const wanted = { name: 'db', identity: 'x' };
const pool = (free: number, queued = 0, slots = 8): PoolOffer => ({ identity: 'x', slots, free, queued });
const host = (name: string, db: PoolOffer, load = 0): HostOffer => ({
  host: name,
  name,
  addresses: [name],
  pools: { db },
  load,
});
const place = (directory: HostDirectory, now: number, ...not: string[]): string | undefined =>
  directory.place(
    wanted,
    directory.hosts(now).filter((one) => !not.includes(one.host)),
  )?.host;
const chosen = (...hosts: HostOffer[]): string | undefined => placeOf(wanted, hosts, new Map())?.host;

test('the least loaded host that has the pool; of two alike the one with the calmer machine', () => {
  expect(chosen(host('a', pool(2)), host('b', pool(5)), host('c', pool(4)))).toBe('b');
  expect(chosen(host('a', pool(4, 0, 16)), host('b', pool(4, 0, 8)))).toBe('b');
  expect(chosen(host('a', pool(3), 2), host('b', pool(3), 0.5))).toBe('b');
});

test('a host with another pool of the same name, or with none, is none', () => {
  const other = { identity: 'y', slots: 8, free: 8, queued: 0 };
  expect(chosen(host('a', other), host('b', pool(0, 5)))).toBe('b');
  expect(chosen(host('a', other), { ...host('c', other), pools: {} })).toBeUndefined();
  expect(placeOf({ name: 'toString', identity: 'x' }, [host('a', pool(1))], new Map())).toBeUndefined();
});

test('where all are full, the shortest queue for its size', () => {
  expect(chosen(host('a', pool(0, 4)), host('b', pool(0, 3)))).toBe('b');
  expect(chosen(host('a', pool(0, 6, 16)), host('b', pool(0, 4, 8)))).toBe('a');
});

test('registrations on their way count, until the host has said more', () => {
  const directory = new HostDirectory(1_000);
  for (const name of ['a', 'b', 'c']) directory.hear(host(name, pool(2, 0, 2)), 1, 0);
  const placed = Array.from({ length: 6 }, () => place(directory, 1));
  expect(placed).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  directory.hear(host('b', pool(2, 0, 2)), 2, 2);
  directory.hear(host('b', pool(0, 9, 2)), 1, 3);
  expect(place(directory, 4)).toBe('b');
});

test('it moves on where a host says nothing more, or is not there', () => {
  const directory = new HostDirectory(1_000);
  directory.hear(host('a', pool(8)), 1, 0);
  directory.hear(host('b', pool(1)), 1, 500);
  expect(place(directory, 900)).toBe('a');
  expect(place(directory, 900, 'a')).toBe('b');
  expect(place(directory, 1_000)).toBe('b');
  directory.forget('b');
  expect(place(directory, 1_001)).toBeUndefined();
});

test('a registration that has not come there counts no more', () => {
  const directory = new HostDirectory(1_000);
  for (const name of ['a', 'b']) directory.hear(host(name, pool(1)), 1, 0);
  expect(place(directory, 1)).toBe('a');
  directory.returned('a');
  expect([place(directory, 1), place(directory, 1)]).toEqual(['a', 'b']);
});

test('no more hosts are known than the limit, until some have gone', () => {
  const directory = new HostDirectory(1_000);
  for (let number = 0; number < mostHosts; number++) directory.hear(host(`h${number}`, pool(1)), 1, number);
  directory.hear(host('late', pool(8)), 1, 900);
  expect(place(directory, 900)).not.toBe('late');
  directory.hear(host('late', pool(8)), 2, 1_000);
  expect(place(directory, 1_000)).toBe('late');
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
        const name = place(directory, 0) ?? '';
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
