/** Journals for tests of the checker. A shard "a" is on the machine "of a", where a host offers one slot. */
import type { Failed, Fault, Has, Held, Line, Served } from './journal.ts';

const at = 0;
let revisions = 0;

const numberOf = (shard: string): number => shard.charCodeAt(0);
/** The host of the shard, and the one on its machine that offers. */
const hostOf = (shard: string): number => numberOf(shard);
const offeringOn = (shard: string): number => 1_000 + numberOf(shard);

export const placeOf = (shard: string): string => `10.0.0.${numberOf(shard)}:7000`;
export const begins = (shard: string, number = 1): Line => ({ at, event: 'begins', shard, test: number });
export const passes = (shard: string, number = 1): Line => ({ at, event: 'passes', shard, test: number });
export const ends = (shard: string): Line => ({ at, event: 'ends', shard, why: '' });
export const starts = (shard: string): Line => ({
  at,
  event: 'starts',
  shard,
  machine: `of ${shard}`,
  pid: 1,
  host: hostOf(shard),
  slots: 1,
});
export const got = (shard: string, value: string): Line => ({ at, event: 'got', shard, what: 'value 0', value });
export const lets = (shard: string): Line => ({ at, event: 'lets go', shard, hold: shard });
export const told = (shard: string): Line => ({ at, event: 'told', shard, hold: shard, code: 'LEASE_LOST' });
export const well: Line = { at, event: 'well' };
export const fault = (how: Fault['how'], more: Partial<Fault> = {}): Fault => ({ at, event: 'fault', how, ...more });
export const fails = (shard: string, ...codes: string[]): Failed => ({
  at,
  event: 'fails',
  shard,
  test: 1,
  codes,
  words: codes.map(() => 'w'),
});
export const holds = (shard: string, more: Partial<Held> = {}): Held => ({
  at,
  event: 'holds',
  shard,
  test: 1,
  hold: shard,
  what: ['lock db'],
  weight: 1,
  of: 1,
  kept: false,
  bucket: 'b',
  revision: ++revisions,
  ...more,
});

export const offers = (shard: string): Line => ({
  at,
  event: 'offers',
  machine: `of ${shard}`,
  place: placeOf(shard),
  host: offeringOn(shard),
  slots: 1,
});
/** Of the test 1 of a shard. */
export const opens = (shard: string, session: string): Line => ({ at, event: 'opens', shard, test: 1, session });
/** @param of the machine of that shard */
export const has = (shard: string, session: string, of: string, more: Partial<Has> = {}): Has => ({
  at,
  event: 'has',
  shard,
  test: 1,
  session,
  machine: `of ${of}`,
  host: offeringOn(of),
  kept: false,
  ...more,
});
export const leaves = (shard: string, session: string): Line => ({ at, event: 'leaves', shard, session });
export const serves = (of: string, session: string, more: Partial<Served> = {}): Served => ({
  at,
  event: 'serves',
  machine: `of ${of}`,
  host: offeringOn(of),
  id: `s ${session}`,
  session,
  ...more,
});
export const served = (of: string, session: string): Served => serves(of, session, { event: 'has served' });
/** From its beginning to its end. */
export const visit = (shard: string, session: string, of: string): Line[] => [
  opens(shard, session),
  serves(of, session),
  has(shard, session, of),
  leaves(shard, session),
  served(of, session),
];
/** The failure that names where its session was. */
export const loses = (shard: string, of: string): Failed => ({
  ...fails(shard, 'HUB_LOST'),
  words: [`On ci (${placeOf(of)}): the connection was lost`],
});
/** A session on the host of its own shard. */
export const ownVisit = (shard: string, session: string): Line[] =>
  visit(shard, session, shard).map((line) => ('host' in line ? ({ ...line, host: hostOf(shard) } as Line) : line));

/** Two shards that share one thing of each kind, as every journal needs. */
export const shared = (): Line[] => [
  ...['a', 'b'].flatMap((shard) => [starts(shard), offers(shard), begins(shard)]),
  ...['lock printer', 'permits of cpu', 'account ann'].flatMap((what) =>
    ['a', 'b'].flatMap((shard) => [
      holds(shard, { what: [what], hold: `${shard} ${what}` }),
      { ...lets(shard), hold: `${shard} ${what}` } as Line,
    ]),
  ),
  ...[...visit('a', 'first', 'b'), ...ownVisit('b', 'own')].map((line) =>
    'test' in line ? { ...line, test: 0 } : line,
  ),
  ...['a', 'b'].flatMap((shard) => [got(shard, 'v'), passes(shard)]),
];
