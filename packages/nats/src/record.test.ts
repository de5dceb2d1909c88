import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ask,
  askNow,
  emptyRecord,
  findPlace,
  free,
  giveBack,
  recordFor,
  reserve,
  withoutHosts,
  type NameRecord,
  type Place,
} from './record.ts';

const place = (id: string, host: string, weight = 1, values?: readonly string[]): Place => ({
  id,
  host,
  weight,
  by: id,
  values,
});
const lock = emptyRecord({ name: 'db', kind: 'lock', size: 1 });
const ids = (places: readonly Place[]): string[] => places.map(({ id }) => id);

test('hosts have turns, and each has its own in the order of arrival', () => {
  let record = ask(lock, place('a0', 'a'));
  for (let number = 1; number <= 3; number++) record = ask(record, place(`a${number}`, 'a'));
  record = ask(ask(record, place('b1', 'b')), place('b2', 'b'));
  expect([ids(record.held), ids(record.waiting)]).toEqual([['a0'], ['a1', 'b1', 'a2', 'b2', 'a3']]);
  record = giveBack(record, 'a0');
  expect(ids(record.held)).toEqual(['a1']);
  // One that comes now is in the round that is next.
  record = ask(record, place('c1', 'c'));
  expect(ids(record.waiting)).toEqual(['b1', 'a2', 'b2', 'c1', 'a3']);
  record = withoutHosts(record, (host) => host === 'a');
  expect([ids(record.held), ids(record.waiting)]).toEqual([['b1'], ['b2', 'c1']]);
});

test('what waits is not overtaken by what is smaller, but by calls that do not wait, of a semaphore', () => {
  const cpu = ask(emptyRecord({ name: 'cpu', kind: 'semaphore', size: 4 }), place('a', 'a', 3));
  const record = ask(ask(cpu, place('b', 'b', 2)), place('c', 'c', 1));
  expect(ids(record.waiting)).toEqual(['b', 'c']);
  expect(ids(askNow(record, place('d', 'd', 1)).held)).toEqual(['a', 'd']);
  expect(ids(giveBack(record, 'a', 2).held)).toEqual(['a', 'b']);
  const rw = emptyRecord({ name: 'rw', kind: 'rwlock', size: 8 });
  const writer = ask(ask(rw, place('r', 'a')), place('w', 'b', 8));
  expect(askNow(writer, place('r2', 'c'))).toBe(writer);
});

test('a name that is in use stays what it is', () => {
  const held = ask(lock, place('a', 'a'));
  expect(recordFor(held, { name: 'db', kind: 'semaphore', size: 2 })).toBeUndefined();
  expect(recordFor(giveBack(held, 'a'), { name: 'db', kind: 'semaphore', size: 2 })).toMatchObject({ size: 2 });
});

const step = fc.oneof(
  fc.record({
    kind: fc.constantFrom('ask' as const, 'now' as const, 'back' as const),
    id: fc.nat(20),
    weight: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ kind: fc.constant('host' as const), id: fc.nat(3), weight: fc.constant(1) }),
);

test('never more is held than there is, nothing waits that could be held, and each change may be made twice', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let record: NameRecord = emptyRecord({ name: 'cpu', kind: 'semaphore', size: 4 });
      for (const { kind, id, weight } of steps) {
        const one = place(`p${id}`, `h${id % 4}`, weight);
        const change = (from: NameRecord): NameRecord => {
          if (kind === 'ask') return ask(from, one);
          if (kind === 'now') return askNow(from, one);
          return kind === 'back' ? giveBack(from, one.id) : withoutHosts(from, (host) => host === `h${id}`);
        };
        record = change(record);
        expect(change(record)).toEqual(record);
        expect(free(record)).toBeGreaterThanOrEqual(0);
        const [next] = record.waiting;
        expect(next?.weight ?? Infinity).toBeGreaterThan(free(record));
        expect(kind === 'back' ? findPlace(record, one.id) : undefined).toBeUndefined();
        const all = ids([...record.held, ...record.waiting]);
        expect(new Set(all).size).toBe(all.length);
      }
    }),
  );
});

test('a value is reserved once, whatever is asked for', () => {
  const users = emptyRecord({ name: 'users', kind: 'reservation', size: 1 });
  fc.assert(
    fc.property(fc.array(fc.subarray(['a', 'b', 'c', 'd']), { maxLength: 20 }), (asked) => {
      let record = users;
      for (const [number, values] of asked.entries()) {
        record = reserve(record, place(`p${number}`, 'h', 1, values));
        if (number % 3 === 2) record = giveBack(record, `p${number - 1}`);
      }
      const taken = record.held.flatMap(({ values = [] }) => values);
      expect(new Set(taken).size).toBe(taken.length);
    }),
  );
});
