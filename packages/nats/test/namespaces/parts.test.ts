/** The pure parts of the proof in namespaces: what a seed does, and what the checker finds in bad journals. */
import { describe, expect, test } from 'vitest';
import { faultsIn } from './check.ts';
import type { Line } from './journal.ts';
import { begins, ends, fails, fault, got, holds, lets, passes, shared, starts, told, well } from './lines.ts';
import { schedule } from './schedule.ts';

describe('a schedule', () => {
  const seeds = Array.from({ length: 70 }, (_, number) => number + 1);

  test('is the same for the same seed, another one for another, and each cut lasts one to four ttl', () => {
    expect(schedule(3, 6)).toEqual(schedule(3, 6));
    expect(new Set(seeds.map((seed) => JSON.stringify(schedule(seed, 6)))).size).toBe(seeds.length);
    for (const { lasts } of seeds.flatMap((seed) => schedule(seed, 6))) {
      expect(lasts).toBeGreaterThanOrEqual(1);
      expect(lasts).toBeLessThan(4);
    }
  });

  test('eight seeds one after the other begin in all ways', () => {
    for (const seed of seeds) {
      const ways = Array.from({ length: 8 }, (_, more) => schedule(seed + more, 1)[0]?.how);
      expect(new Set(ways).size).toBe(8);
    }
  });
});

describe('the checker', () => {
  const ended = [ends('a'), ends('b')];
  const found = (...lines: Line[]): string[] => faultsIn([...shared(), ...lines, ...ended]);

  test('finds nothing in a good journal, with what each fault may do', () => {
    expect(found()).toEqual([]);
    expect(found(holds('a'), lets('a'), holds('b'), lets('b'))).toEqual([]);
    const three = { what: ['permits of cpu'], of: 3 };
    expect(found(holds('a', three), holds('b', { ...three, weight: 2 }), lets('a'), lets('b'))).toEqual([]);
    const cut = fault('cut', { shards: ['a'], hold: 'a' });
    const lost = [begins('a'), holds('a'), cut, told('a'), fails('a', 'LEASE_LOST'), holds('b'), lets('b'), well];
    expect(found(...lost)).toEqual([]);
    expect(found(begins('b'), fault('leader'), fails('b', 'REACH_UNAVAILABLE', 'LEASE_LOST'), well)).toEqual([]);
    const killed = fault('shard', { shards: ['c'], hold: 'c' });
    expect(found(starts('c'), begins('c'), holds('c'), killed, holds('b'), lets('b'), well)).toEqual([]);
    // Given before the kill, and written after it.
    expect(found(starts('c'), fault('shard', { shards: ['c'] }), holds('a'), holds('c'), lets('a'), well)).toEqual([]);
  });

  test.each([
    ['two that hold a lock', [holds('a'), holds('b'), lets('a'), lets('b')], '2 of 1 of lock db are held at once'],
    ['too many permits', [holds('a', { of: 3, weight: 2 }), holds('b', { of: 3, weight: 2 })], '4 of 3 of lock db'],
    [
      'a holder whose machine is cut off, and who is told late',
      [holds('a'), fault('cut', { shards: ['a'] }), holds('b'), told('a'), well],
      '2 of 1',
    ],
    [
      'a fence that falls',
      [holds('a', { revision: 9_000 }), lets('a'), holds('b', { revision: 8_999 }), lets('b')],
      'has fallen from 9000 to 8999',
    ],
    [
      'a fence that stays',
      [holds('a', { revision: 9_000 }), lets('a'), holds('b', { revision: 9_000 }), lets('b')],
      'has fallen from 9000',
    ],
    ['a new bucket', [holds('a', { bucket: 'c' }), lets('a')], 'the bucket b was lost, and c made'],
    ['two values', [got('a', 'w')], 'value 0 is w, and was v'],
    ['a failure without a fault', [begins('a'), fails('a', 'LEASE_LOST')], 'faults: none'],
    [
      'a failure of another machine',
      [begins('b'), fault('cut', { shards: ['a'] }), fails('b', 'LEASE_LOST'), well],
      'faults: cut of others',
    ],
    [
      'a failure with another cause',
      [begins('a'), fault('cut', { shards: ['a'] }), fails('a', 'HUB_LOST'), well],
      'faults: cut',
    ],
    [
      'a failure whose second cause is another',
      [begins('a'), fault('leader'), fails('a', 'LEASE_LOST', 'none'), well],
      'LEASE_LOST, none',
    ],
    [
      'a failure of a test that began after all was well',
      [fault('leader'), well, begins('a'), fails('a', 'LEASE_LOST')],
      'faults: none',
    ],
    ['a test without an end', [begins('a'), starts('c'), begins('c')], 'c says nothing of test 1'],
    ['a shard without an end', [starts('c'), begins('c'), passes('c')], 'c says nothing of its end'],
    [
      'a holder that is cut off and goes on',
      [
        begins('a'),
        holds('a'),
        fault('cut', { shards: ['a'], hold: 'a' }),
        lets('a'),
        passes('a'),
        holds('b'),
        lets('b'),
        well,
      ],
      'a was not told of cut',
    ],
    [
      'a test that passes with what it has lost',
      [
        begins('a'),
        holds('a'),
        fault('host', { shards: ['a'], hold: 'a' }),
        told('a'),
        passes('a'),
        holds('b'),
        lets('b'),
        well,
      ],
      'test 1 of a has not failed with LEASE_LOST',
    ],
    [
      'a lock that stays lost',
      [starts('c'), begins('c'), holds('c'), fault('machine', { shards: ['c'], hold: 'c' }), well],
      'nobody has got lock db after machine',
    ],
    [
      'a fault whose holder is unknown',
      [fault('host', { shards: ['a'], hold: 'x' }), well],
      'names x, which nobody has held',
    ],
  ] as const)('finds %s', (_, lines, words) => {
    expect(found(...lines).join('\n')).toContain(words);
  });

  test('finds that machines had nothing to do with each other', () => {
    const alone = shared().filter(
      (line) => !('shard' in line ? line.shard === 'b' : 'session' in line && line.session === 'own'),
    );
    expect(faultsIn([...alone, ends('a')])).toEqual([
      'no lock was had on two machines',
      'no permits was had on two machines',
      'no account was had on two machines',
      'no value was had on two machines',
    ]);
  });
});
