import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeardHosts, mostHosts } from './heard-hosts.ts';
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
const place = (heard: HeardHosts, now: number, ...not: string[]): string | undefined =>
  heard.place(
    wanted,
    heard.hosts(now).filter((one) => !not.includes(one.host)),
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
  const heard = new HeardHosts(1_000);
  for (const name of ['a', 'b', 'c']) heard.hear(host(name, pool(2, 0, 2)), 1, 0);
  const placed = Array.from({ length: 6 }, () => place(heard, 1));
  expect(placed).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  heard.hear(host('b', pool(2, 0, 2)), 2, 2);
  heard.hear(host('b', pool(0, 9, 2)), 1, 3);
  expect(place(heard, 4)).toBe('b');
});

test('two machines with one name are two hosts', () => {
  const heard = new HeardHosts(1_000);
  for (const id of ['1', '2']) heard.hear({ ...host(id, pool(1, 0, 1)), name: 'ci' }, 1, 0);
  expect([place(heard, 1), place(heard, 1)]).toEqual(['1', '2']);
  heard.forget('1');
  expect(heard.hosts(2).map((one) => one.host)).toEqual(['2']);
});

test('it moves on where a host says nothing more, or is not there', () => {
  const heard = new HeardHosts(1_000);
  heard.hear(host('a', pool(8)), 1, 0);
  heard.hear(host('b', pool(1)), 1, 500);
  expect(place(heard, 900)).toBe('a');
  expect(place(heard, 900, 'a')).toBe('b');
  expect(place(heard, 1_000)).toBe('b');
  heard.forget('b');
  expect(place(heard, 1_001)).toBeUndefined();
});

test('a registration that has not come there counts no more', () => {
  const heard = new HeardHosts(1_000);
  for (const name of ['a', 'b']) heard.hear(host(name, pool(1)), 1, 0);
  expect(place(heard, 1)).toBe('a');
  heard.returned('a');
  expect([place(heard, 1), place(heard, 1)]).toEqual(['a', 'b']);
});

test('no more hosts are known than the limit, until some have gone; those that are known go on', () => {
  const heard = new HeardHosts(1_000);
  for (let number = 0; number < mostHosts; number++) heard.hear(host(`h${number}`, pool(1)), 1, number);
  heard.hear(host('late', pool(8)), 1, 900);
  expect(heard.hosts(900)).toHaveLength(mostHosts);
  // All are alike: had the other one been heard of, it would be the emptiest.
  expect(place(heard, 900)).toBe('h0');
  heard.hear(host('h9', pool(8)), 2, 950);
  expect(place(heard, 950)).toBe('h9');
  // The first has gone, and makes room for one.
  heard.hear(host('late', pool(8, 0, 16)), 2, 1_000);
  heard.hear(host('later', pool(8, 0, 8)), 1, 1_000);
  const known = heard.hosts(1_000).map((one) => one.host);
  expect([known.length, known.includes('late'), known.includes('later'), known.includes('h0')]).toEqual([
    mostHosts,
    true,
    false,
    false,
  ]);
});

const anyHost = fc.record({
  slots: fc.integer({ min: 1, max: 8 }),
  used: fc.nat(8),
  queued: fc.nat(20),
  load: fc.nat(4),
});

test('each goes to a free slot of the emptiest host while there is one, and then to the end of the shortest queue', () => {
  let [free, full] = [0, 0];
  fc.assert(
    fc.property(fc.array(anyHost, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 200 }), (all, count) => {
      const heard = new HeardHosts(1_000);
      /** Negative: slots that are free. */
      const hosts = new Map<string, { readonly slots: number; waiting: number }>();
      for (const [number, { slots, used, queued, load }] of all.entries()) {
        const left = Math.max(slots - used, 0);
        heard.hear(host(`h${number}`, pool(left, left === 0 ? queued : 0, slots), load), 1, 0);
        hosts.set(`h${number}`, { slots, waiting: left === 0 ? queued : -left });
      }
      for (let placed = 0; placed < count; placed++) {
        const at = hosts.get(place(heard, 0) ?? '')!;
        const open = [...hosts.values()].filter(({ waiting }) => waiting < 0);
        const best = open.length > 0 ? open : [...hosts.values()];
        // Shares of what there is, so that a large host takes more.
        const shares = best.map(({ slots, waiting }) => waiting / slots);
        if (!best.includes(at) || at.waiting / at.slots > Math.min(...shares)) return false;
        if (open.length > 0) free++;
        else full++;
        at.waiting++;
      }
      return true;
    }),
  );
  // Both were seen.
  expect(Math.min(free, full)).toBeGreaterThan(100);
});
