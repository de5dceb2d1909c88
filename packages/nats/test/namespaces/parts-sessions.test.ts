/** What the checker finds of sessions in bad journals. */
import { describe, expect, test } from 'vitest';
import { faultsIn } from './check.ts';
import type { Line } from './journal.ts';
import {
  begins,
  ends,
  fails,
  fault,
  has,
  holds,
  leaves,
  lets,
  loses,
  offers,
  opens,
  passes,
  placeOf,
  served,
  serves,
  shared,
  starts,
  visit,
  well,
} from './lines.ts';

const found = (...lines: Line[]): string[] => faultsIn([...shared(), ...lines, ends('a'), ends('b')]);
/** A session on the machine of b, which is served, and had by a test of a. */
const visits = [begins('a'), opens('a', 's'), serves('b', 's'), has('a', 's', 'b')];
const killed = fault('offering host', { machine: 'of b', session: 's' });
const cut = (lasts: number) => fault('cut', { shards: ['b'], machine: 'of b', session: 's', lasts });

describe('the checker, of sessions', () => {
  test.each<[string, Line[]]>([
    ['one after the other', [...visit('a', 's', 'b'), ...visit('a', 't', 'b')]],
    ['the host is killed, and its test names it', [...visits, killed, loses('a', 'b'), well]],
    ['it had answered nothing', [begins('a'), opens('a', 't'), ...visits.slice(2), killed, loses('a', 'b'), well]],
    [
      'it was given back while its host was killed',
      [...visits, fault('offering host', { machine: 'of b' }), leaves('a', 's'), passes('a'), well],
    ],
    ['its machine was cut off for long', [...visits, cut(15_000), served('b', 's'), loses('a', 'b'), well]],
    [
      'its machine was cut off for a moment',
      [...visits, cut(4_000), leaves('a', 's'), served('b', 's'), passes('a'), well],
    ],
    [
      'the machine of its test was cut off',
      [...visits, fault('cut', { shards: ['a'], machine: 'of a' }), served('b', 's'), loses('a', 'b'), well],
    ],
    [
      'the host of its own run was killed',
      [...visits, fault('host', { shards: ['a'] }), served('b', 's'), fails('a', 'HUB_LOST'), well],
    ],
    [
      'its test was killed',
      [
        starts('c'),
        begins('c'),
        holds('c'),
        opens('c', 's'),
        serves('b', 's'),
        has('c', 's', 'b'),
        fault('shard', { shards: ['c'], hold: 'c' }),
        served('b', 's'),
        holds('b'),
        lets('b'),
        well,
      ],
    ],
    [
      'the second host that offers there is killed, too',
      [
        offers('c'),
        fault('offering host', { machine: 'of c' }),
        { ...offers('c'), host: 2_000 } as Line,
        well,
        serves('c', 's', { host: 2_000 }),
        fault('offering host', { machine: 'of c' }),
        well,
      ],
    ],
  ])('finds nothing: %s', (_, lines) => {
    expect(found(...lines)).toEqual([]);
  });

  test.each<[string, Line[], string]>([
    [
      'two in one slot',
      [serves('b', 's'), serves('b', 't'), served('b', 's'), served('b', 't')],
      'serves 2 sessions at once, with 1 slots',
    ],
    ['one that no host serves', [serves('b', 's', { host: 3 }), served('b', 's')], 'which is no host'],
    ['an end of what was not there', [served('b', 's')], 'which has no such one'],
    ['one that goes on without its test', [...visits, leaves('a', 's'), passes('a')], 's is never ended on host'],
    [
      'one that goes on where its test was killed',
      [starts('c'), begins('c'), opens('c', 's'), serves('b', 's'), fault('shard', { shards: ['c'] }), well],
      's is never ended on host',
    ],
    ['one that goes on after a cut', [...visits, cut(15_000), loses('a', 'b'), well], 's is never ended on host'],
    [
      'one that is answered by another host than serves it',
      [serves('a', 's'), has('a', 's', 'b'), leaves('a', 's'), served('a', 's')],
      'which does not serve it',
    ],
    [
      'one on the host of another run',
      [
        serves('b', 's', { host: 98 }),
        has('a', 's', 'b', { host: 98 }),
        leaves('a', 's'),
        { ...served('b', 's'), host: 98 },
      ],
      'which is no host for a',
    ],
    [
      'a loss that its test does not see',
      [...visits, killed, passes('a'), well],
      'test 1 of a has lost s on of b, and has not failed',
    ],
    ['a loss that names no host', [...visits, killed, fails('a', 'HUB_LOST'), well], `HUB_LOST of ${placeOf('b')}`],
    ['a loss that names another host', [...visits, killed, loses('a', 'a'), well], `HUB_LOST of ${placeOf('b')}`],
    [
      'a loss with another code',
      [...visits, killed, { ...loses('a', 'b'), codes: ['SESSION_CLOSED'] }, well],
      'has failed with SESSION_CLOSED',
    ],
    ['a loss without a fault', [...visits, served('b', 's'), loses('a', 'b')], 'faults: none'],
    [
      'a loss after all was well',
      [fault('offering host', { machine: 'of b' }), well, ...visits, loses('a', 'b')],
      'faults: none',
    ],
    [
      'a loss on a machine that no fault concerns',
      [...visits, fault('offering host', { machine: 'of a' }), served('b', 's'), loses('a', 'b'), well],
      'faults: offering host',
    ],
    [
      'a loss on the machine of its test, which is cut off with it',
      [
        begins('a'),
        opens('a', 's'),
        serves('a', 's'),
        has('a', 's', 'a'),
        fault('cut', { shards: ['a'], machine: 'of a' }),
        served('a', 's'),
        loses('a', 'a'),
        well,
      ],
      'faults: cut',
    ],
    [
      'a registration that fails with its host',
      [begins('a'), fault('offering host', { machine: 'of b' }), loses('a', 'b'), well],
      'faults: offering host',
    ],
    [
      'a registration that fails with a host where its test has none',
      [...visits, offers('c'), fault('offering host', { machine: 'of c' }), served('b', 's'), loses('a', 'c'), well],
      'faults: offering host',
    ],
    [
      'one that outlives its host',
      [...visits, killed, leaves('a', 's'), passes('a'), well],
      's was not lost with offering host',
    ],
    [
      'one that outlives a long cut',
      [...visits, cut(15_000), leaves('a', 's'), served('b', 's'), passes('a'), well],
      's was not lost with cut',
    ],
    [
      'a fault that names none',
      [fault('offering host', { machine: 'of b', session: 'x' }), well],
      'names x, which no test has had there',
    ],
    [
      'a fault that names one elsewhere',
      [...visits, fault('offering host', { machine: 'of a', session: 's' }), leaves('a', 's'), served('b', 's'), well],
      'names s, which no test has had there',
    ],
    [
      'one that goes on, where another host has ended one of that name',
      [serves('b', 's'), serves('a', 's'), served('a', 's')],
      's is never ended on host 1098',
    ],
    [
      'one that goes on, where its host has ended another one',
      [serves('b', 's'), serves('b', 't'), served('b', 't')],
      's is never ended on host 1098',
    ],
    [
      'one that goes on, where the host of another run was killed',
      [serves('a', 's', { host: 97 }), fault('host', { shards: ['b'] }), well],
      's is never ended on host 97',
    ],
    [
      'one that goes on on the host that has followed a killed one',
      [
        offers('c'),
        fault('offering host', { machine: 'of c' }),
        { ...offers('c'), host: 2_000 } as Line,
        well,
        serves('c', 's', { host: 2_000 }),
      ],
      's is never ended on host 2000',
    ],
    [
      'one that a process of the same number on another machine serves',
      [begins('a'), opens('a', 's'), serves('b', 's', { machine: 'of c' }), has('a', 's', 'b'), leaves('a', 's')],
      's is answered by host 1098 of of b, which does not serve it',
    ],
    [
      'a loss that its test does not see, where it was cut off',
      [...visits, fault('cut', { shards: ['a'], machine: 'of a' }), served('b', 's'), passes('a'), well],
      'test 1 of a has lost s on of b, and has not failed',
    ],
    [
      'a loss that its test has told with another code',
      [...visits, killed, { ...loses('a', 'b'), codes: ['SESSION_CLOSED'] }, well],
      'test 1 of a has lost s on of b, and has not failed with HUB_LOST',
    ],
    [
      'a fault that names one on the host of a run',
      [
        begins('b'),
        opens('b', 's'),
        serves('b', 's', { host: 98 }),
        has('b', 's', 'b', { host: 98 }),
        killed,
        leaves('b', 's'),
        { ...served('b', 's'), host: 98 } as Line,
        passes('b'),
        well,
      ],
      'names s, which no test has had there',
    ],
    [
      'a loss with a fault that parts no hosts',
      [...visits, fault('cut node', { machine: 'of b' }), served('b', 's'), loses('a', 'b'), well],
      'faults: cut node',
    ],
  ])('finds %s', (_, lines, words) => {
    expect(found(...lines).join('\n')).toContain(words);
  });

  test('finds that no session was had on another machine', () => {
    const here = shared().filter((line) => !('session' in line) || line.session === 'own');
    expect(faultsIn([...here, ends('a'), ends('b')])).toEqual(['no session was had on another machine']);
  });
});
