import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import { FakeTopic } from '../../test/support/fake-topic.ts';
import { readAnnouncement, writeAnnouncement, type HostOffer } from './offer.ts';
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

test('what is published by anybody else is not believed', () => {
  const good = { says: 'offers', number: 1, offer: offer('a', 9) } as const;
  const text = writeAnnouncement(good, '1');
  expect(readAnnouncement(text, '1')).toEqual({ ...good, offer: offer('a', 4) });
  expect(readAnnouncement(text, '2')).toBeUndefined();
  const bad: unknown[] = [
    null,
    [],
    'x',
    {},
    { says: 'ends' },
    { says: 'ends', host: 'h'.repeat(400) },
    { ...good, number: 'x' },
    { ...good, number: -1 },
    { ...good, offer: undefined },
    { ...good, offer: { ...good.offer, host: 1 } },
    { ...good, offer: { ...good.offer, addresses: 'x' } },
    { ...good, offer: { ...good.offer, addresses: Array.from({ length: 17 }, () => 'x') } },
    { ...good, offer: { ...good.offer, load: Number.MAX_VALUE } },
    { ...good, offer: { ...good.offer, pools: { db: { identity: 'x', slots: 1, free: 1 } } } },
    { ...good, offer: { ...good.offer, pools: { db: null } } },
    { ...good, offer: { ...good.offer, pools: Object.fromEntries(Array.from({ length: 257 }, (_, n) => [n, {}])) } },
  ];
  for (const one of bad)
    expect(readAnnouncement(JSON.stringify({ version: '1', ...(one as object) }), '1')).toBeUndefined();
  expect(readAnnouncement('{', '1')).toBeUndefined();
  expect(readAnnouncement(text.replace('"ci"', `"ci"${' '.repeat(70_000)}`), '1')).toBeUndefined();
});

test('a name that every object has is no pool', () => {
  const text = writeAnnouncement({ says: 'offers', number: 1, offer: offer('a', 1) }, '1');
  const said = readAnnouncement(text.replace('"db":', '"__proto__":'), '1');
  expect(said).toMatchObject({ says: 'offers' });
  expect(({} as { identity?: unknown }).identity).toBeUndefined();
});
