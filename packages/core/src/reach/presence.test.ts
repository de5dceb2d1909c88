import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import { FakeTopic } from '../../test/support/fake-topic.ts';
import { readAnnouncement, writeAnnouncement, type HostOffer } from './offer.ts';
import { has } from './placement.ts';
import { Presence, type PresenceOptions } from './presence.ts';

const clock = new FakeClock();
const offer = (host: string, free: number): HostOffer => ({
  host,
  name: 'ci',
  addresses: [`carpool+tls://${host}`],
  pools: { db: { identity: 'x', slots: 4, free, queued: 0 } },
  load: 0,
});

function presence(topic: FakeTopic, options: Partial<PresenceOptions> = {}): Presence {
  return new Presence({ topic: topic.open, host: 'a test', version: '1', clock, ...options });
}
const names = (of: Presence): string[] => of.hosts.map(({ host }) => host);
const free = (of: Presence): unknown => of.hosts[0]?.pools['db']?.free;

test('one that comes hears of all that offer, and of their changes, which are gathered', async () => {
  const topic = new FakeTopic();
  let left = 4;
  const a = presence(topic, { own: () => offer('a', left) });
  await topic.settled();
  const looks = presence(topic);
  const before = topic.published;
  await topic.settled();
  clock.pass(50);
  expect(names(looks)).toEqual(['a']);
  for (left = 3; left > 0; left--) a.changed();
  clock.pass(49);
  expect(free(looks)).toBe(4);
  clock.pass(1);
  expect(free(looks)).toBe(0);
  // What it asked, the answer, and one for three changes.
  expect(topic.published - before).toBe(3);
});

test('one that ends is gone at once; one that is silent after three announcements', async () => {
  const topic = new FakeTopic();
  const [a, b] = [presence(topic, { own: () => offer('a', 1) }), presence(topic, { own: () => offer('b', 1) })];
  const looks = presence(topic);
  await topic.settled();
  clock.pass(50);
  expect(names(looks).toSorted()).toEqual(['a', 'b']);
  await a.close();
  expect(names(looks)).toEqual(['b']);
  await b.close(true);
  clock.pass(5_900);
  expect(names(looks)).toEqual(['b']);
  clock.pass(100);
  expect(names(looks)).toEqual([]);
});

test('another presence of the same host is believed after the one before', async () => {
  const topic = new FakeTopic();
  const first = presence(topic, { own: () => offer('a', 1) });
  const looks = presence(topic);
  await topic.settled();
  await first.close(true);
  presence(topic, { own: () => offer('a', 3) });
  clock.pass(1);
  await topic.settled();
  expect(free(looks)).toBe(3);
});

test('a failure is told once, and what was there is said again when the connection is back', async () => {
  const topic = new FakeTopic();
  const failures: string[] = [];
  const looks = presence(topic, { failed: ({ code }) => failures.push(code) });
  presence(topic, { own: () => offer('a', 1) });
  await topic.settled();
  topic.fail();
  topic.fail();
  expect(failures).toEqual(['REACH_UNAVAILABLE']);
  clock.pass(10_000);
  expect(names(looks)).toEqual([]);
  topic.connect();
  expect(names(looks)).toEqual(['a']);
  topic.fail();
  expect(failures).toHaveLength(2);
});

const text = (of: unknown, version: unknown = '1'): string => JSON.stringify({ version, ...(of as object) });
const good = { says: 'offers', number: 1, offer: offer('a', 3) } as const;
/** It is believed with this changed in its offer, or in itself. */
const believed = (change: object, itself: object = {}): boolean =>
  readAnnouncement(text({ ...good, ...itself, offer: { ...good.offer, ...change } }), '1') !== undefined;
const pools = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, good.offer.pools['db']]));
const longest = 'h'.repeat(300);

test('what is published by anybody else is not believed, whatever one thing of it is wrong', () => {
  expect(readAnnouncement(writeAnnouncement(good, '1'), '1')).toEqual(good);
  expect(readAnnouncement(writeAnnouncement(good, '1'), '2')).toBeUndefined();
  for (const whole of ['{', '', 'null', '[]', '"x"', '1', text(good, 1), text({}), text({ says: 'other' })])
    expect([whole, readAnnouncement(whole, '1')]).toEqual([whole, undefined]);
  expect(believed({})).toBe(true);
  for (const itself of [{ number: 'x' }, { number: -1 }, { number: undefined }, { says: undefined }])
    expect([itself, believed({}, itself)]).toEqual([itself, false]);
  for (const wrong of [undefined, null, [], 'x'])
    expect(readAnnouncement(text({ ...good, offer: wrong }), '1')).toBeUndefined();
  const changes: object[] = [
    { host: 1 },
    { host: '' },
    { host: undefined },
    { name: 1 },
    { addresses: 'x' },
    { addresses: [] },
    { addresses: [1] },
    { addresses: undefined },
    { load: '0' },
    { load: -1 },
    { load: Number.MAX_VALUE },
    ...['identity', 'slots', 'free', 'queued'].map((field) => ({
      pools: { db: { ...good.offer.pools['db'], [field]: undefined } },
    })),
    { pools: { db: { ...good.offer.pools['db'], free: -1 } } },
    ...[
      null,
      [],
      'x',
      { a: 1 },
      { a: '0' },
      { a: '0000000G' },
      { a: '000000000' },
      { ['h'.repeat(301)]: '00000000' },
    ].map((parts) => ({ pools: { db: { ...good.offer.pools['db'], parts } } })),
    { pools: { db: null } },
    { pools: { db: [] } },
  ];
  for (const change of changes) expect([change, believed(change)]).toEqual([change, false]);
});

test('hosts of another version are counted while they are heard, and what they ask is answered', async () => {
  const topic = new FakeTopic();
  const looks = presence(topic);
  presence(topic, { own: () => offer('a', 1) });
  await topic.settled();
  clock.pass(50);
  const before = topic.published;
  topic.publish(writeAnnouncement({ says: 'asks' }, '2'));
  clock.pass(50);
  expect(topic.published - before).toBe(2);
  const says = (host: string, of: unknown): void => topic.publish(text({ ...good, offer: offer(host, 1) }, of));
  for (const host of ['b', 'c', 'b']) says(host, '2.0.0-rc.1');
  for (const [n, of] of [2, '', 'a b', 'x'.repeat(41), null].entries()) says(`d${n}`, of);
  topic.publish(text({ says: 'offers' }, '2'));
  expect([names(looks), looks.otherVersions]).toEqual([['a'], ['2.0.0-rc.1', '2.0.0-rc.1']]);
  clock.pass(6_000);
  expect([names(looks), looks.otherVersions]).toEqual([['a'], []]);
});

test('each limit is where it is: one more is too much', () => {
  const both = (within: object, beyond: object): void =>
    expect([believed(within), believed(beyond)]).toEqual([true, false]);
  both({ host: longest }, { host: `${longest}h` });
  both({ name: longest }, { name: `${longest}h` });
  both({ addresses: Array<string>(16).fill('x') }, { addresses: Array<string>(17).fill('x') });
  both({ addresses: [longest] }, { addresses: [`${longest}h`] });
  both({ pools: pools(256) }, { pools: pools(257) });
  both({ pools: { [longest]: good.offer.pools['db'] } }, { pools: { [`${longest}h`]: good.offer.pools['db'] } });
  const parts = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n}.mjs`, '00000000']));
  const told = (count: number): object => ({ pools: { db: { ...good.offer.pools['db'], parts: parts(count) } } });
  both(told(24), told(25));
  const ends = (host: string): unknown => readAnnouncement(text({ says: 'ends', host }), '1');
  expect([ends(longest), ends(`${longest}h`)]).toEqual([{ says: 'ends', host: longest }, undefined]);
  const short = text(good);
  const long = (size: number): string => short.replace('"ci"', `"ci"${' '.repeat(size - short.length)}`);
  expect(readAnnouncement(long(65_536), '1')).toEqual(good);
  expect(readAnnouncement(long(65_537), '1')).toBeUndefined();
});

test('of what pools are made from it is told as long as there is room, and never more than others take', () => {
  const parts = Object.fromEntries(Array.from({ length: 24 }, (_, n) => [`${n}`.padEnd(80, '.'), '00000000']));
  const said = (count: number): unknown => {
    const made = { identity: 'x', slots: 4, free: 3, queued: 0, parts };
    const all = Object.keys(pools(count)).map((name) => [name, made] as const);
    const written = writeAnnouncement({ ...good, offer: { ...good.offer, pools: Object.fromEntries(all) } }, '1');
    expect(written.length).toBeLessThanOrEqual(16_384);
    const read = readAnnouncement(written, '1');
    return read?.says === 'offers' && Object.values(read.offer.pools).map((pool) => pool.parts);
  };
  expect(said(7)).toEqual(Array(7).fill(parts));
  expect(said(200)).toEqual(Array(200).fill(undefined));
});

test('more free slots than there are count as those that there are', () => {
  const said = readAnnouncement(text({ ...good, offer: offer('a', 9) }), '1');
  expect(said).toEqual({ ...good, offer: offer('a', 4) });
});

test('a name that every object has is no pool, and can be one', () => {
  const said = readAnnouncement(text(good).replace('"db":', '"__proto__":'), '1');
  const found = said?.says === 'offers' ? said.offer : undefined;
  expect(Object.getPrototypeOf(found?.pools)).toBe(Object.prototype);
  const wanted = (name: string) => has({ name, identity: 'x' }, found!);
  expect(['__proto__', 'db', 'toString', 'constructor'].map(wanted)).toEqual([true, false, false, false]);
});

test('one that has ended says and hears nothing, and is told nothing of the topic', async () => {
  const topic = new FakeTopic();
  const told: string[] = [];
  const looks = presence(topic, { failed: ({ code }) => told.push(code), changed: () => told.push('changed') });
  await topic.settled();
  const closing = looks.close();
  const before = topic.published;
  topic.fail();
  topic.connect();
  topic.publish(text(good));
  await closing;
  expect([topic.published - before, told, names(looks)]).toEqual([1, [], []]);
});
