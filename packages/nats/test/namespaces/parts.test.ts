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
    const lostMachine = fault('machine', { shards: ['c'], hold: 'c' });
    expect(found(starts('c'), begins('c'), holds('c'), lostMachine, holds('b'), lets('b'), well)).toEqual([]);
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
    [
      'two that hold the second of several',
      [holds('a', { what: ['account eve', 'account ben'] }), holds('b', { what: ['account cas', 'account ben'] })],
      '2 of 1 of account ben are held at once',
    ],
    [
      'a fence that falls, of the second of several',
      [
        holds('a', { what: ['account eve', 'account ben'], revision: 9_000 }),
        lets('a'),
        holds('b', { what: ['account cas', 'account ben'], revision: 8_999 }),
        lets('b'),
      ],
      'the fence of account ben has fallen from 9000 to 8999',
    ],
    [
      'a holder whose machine is cut off, and who is never told',
      [holds('a'), fault('cut', { shards: ['a'] }), holds('b'), lets('b'), well],
      '2 of 1 of lock db',
    ],
    [
      'a test without an end whose host was killed, and not its process',
      [starts('c'), begins('c'), fault('host', { shards: ['c'] }), well],
      'c says nothing of test 1',
    ],
    ['a failure with nothing', [begins('a'), fault('leader'), fails('a'), well], 'test 1 of a has failed with  ()'],
    ['a failure before its fault', [begins('a'), fails('a', 'LEASE_LOST'), fault('leader'), well], 'faults: none'],
    [
      'a lock that was had before it was lost, and not after that',
      [
        holds('b'),
        lets('b'),
        begins('a'),
        holds('a'),
        fault('cut', { shards: ['a'], hold: 'a' }),
        told('a'),
        fails('a', 'LEASE_LOST'),
        well,
      ],
      'nobody has got lock db after cut',
    ],
    [
      'a lock that none but its lost holder had',
      [starts('c'), fault('shard', { shards: ['c'], hold: 'c' }), holds('c'), well],
      'nobody has got lock db after shard',
    ],
    ...(
      [
        ['of another shard', [passes('a'), begins('b'), fails('b', 'LEASE_LOST')]],
        ['of another test', [passes('a'), begins('a', 2), { ...fails('a', 'LEASE_LOST'), test: 2 }]],
        ['with another code', [fails('a', 'HUB_LOST')]],
      ] as const
    ).map(
      ([which, end]) =>
        [
          `a test that has lost what it held, where the failure is one ${which}`,
          [
            begins('a'),
            holds('a'),
            fault('host', { shards: ['a'], hold: 'a' }),
            told('a'),
            ...end,
            holds('b'),
            lets('b'),
            well,
          ],
          'test 1 of a has not failed with LEASE_LOST',
        ] as const,
    ),
    [
      'a run at whose end a session has a slot',
      [{ at: 0, event: 'rests', shard: 'a', open: 1, queued: 0 }],
      'a rests with 1 session open and 0 calls queued',
    ],
    [
      'a run at whose end a call waits',
      [{ at: 0, event: 'rests', shard: 'b', open: 0, queued: 2 }],
      'b rests with 0 sessions open and 2 calls queued',
    ],
  ] as const)('finds %s', (_, lines, words) => {
    expect(found(...lines).join('\n')).toContain(words);
  });

  test('lets tests fail with what their fault can bring, and with nothing else', () => {
    const codes = ['HUB_LOST', 'LEASE_LOST', 'REACH_UNAVAILABLE', 'SESSION_CLOSED'];
    const ofServers = ['LEASE_LOST', 'REACH_UNAVAILABLE'];
    const may = {
      shard: [],
      machine: [],
      host: ['HUB_LOST', 'LEASE_LOST'],
      'offering host': [],
      cut: ofServers,
      node: ofServers,
      leader: ofServers,
      'cut node': ofServers,
    };
    for (const [how, allowed] of Object.entries(may)) {
      const brought = codes.filter(
        (code) =>
          found(begins('a'), fault(how as keyof typeof may, { shards: ['a'] }), fails('a', code), well).length === 0,
      );
      expect({ how, brought }).toEqual({ how, brought: allowed });
    }
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
