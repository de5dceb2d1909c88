import { expect, test } from 'vitest';
import { chosenOf, SessionList, testsOf, type ListedSession, type Wanted } from './sessions.ts';

function session(s: string, test?: string, more: Partial<ListedSession> = {}): ListedSession {
  return {
    s,
    pool: s.split('/')[0] ?? '',
    test,
    file: 'cart.test.ts',
    messages: 1,
    dropped: 0,
    failed: false,
    ...more,
  };
}

const sessions = [
  session('cart/s1', 'cart › adds a row'),
  session('cart/s2', 'cart › removes a row', { failed: true }),
  session('mail/s1', 'cart › adds a row'),
  session('mail/s2', 'cart › adds a row and a column'),
  session('mail/s3', undefined),
  session('mail/s4', 'cart › removes a row'),
  session('mail/s5', 'cart › removes a row', { file: 'other.test.ts' }),
];
const chosen = (wanted: Wanted): string[] => chosenOf(sessions, wanted).map(({ s }) => s);

test('all sessions are chosen where nothing is named', () => {
  expect(chosen({})).toEqual(sessions.map(({ s }) => s));
});

test.each([
  ['its whole name, be it a part of another one', 'cart › adds a row', ['cart/s1', 'mail/s1']],
  ['the signs of another runner between the titles', 'cart > ADDS a  row', ['cart/s1', 'mail/s1']],
  ['a part that no other has', 'and a col', ['mail/s2']],
  ['a part of a name that is in two files', 'removes', ['cart/s2', 'mail/s4', 'mail/s5']],
])('a test is found by %s, with all of its sessions', (_, name, found) => {
  expect(chosen({ test: [name] })).toEqual(found);
});

test('several tests are chosen together, and with a session', () => {
  expect(chosen({ test: ['and a column', 'adds a row and'], session: 'mail/s3' })).toEqual(['mail/s2', 'mail/s3']);
});

test('of tests that have failed, all sessions are chosen, but not those of the same name in another file', () => {
  expect(chosen({ failed: true })).toEqual(['cart/s2', 'mail/s4']);
  expect(() => chosenOf(sessions.slice(0, 1), { failed: true })).toThrow(
    'no session of it is one of a test that was known to have failed',
  );
});

test('a part of several names says which', () => {
  expect(() => chosen({ test: ['adds'] })).toThrow(
    new Error(
      '"adds" is a part of the names of 2 of its tests, of which --test must name one: "cart › adds a row", "cart › adds a row and a column"',
    ),
  );
});

test('a name that is none says what was probably meant, or what there is', () => {
  expect(() => chosen({ test: ['removes a rwo'] })).toThrow(
    'it has no session of a test "removes a rwo"; did you mean "removes a row"?',
  );
  expect(() => chosen({ test: ['pays'] })).toThrow(
    'it has no session of a test "pays"; tests with sessions are "cart › adds a row", "cart › removes a row", "cart › adds a row and a column"',
  );
  expect(() => chosen({ test: [''] })).toThrow('it has no session of a test ""');
  expect(() => chosenOf([session('a/s1')], { test: ['pays'] })).toThrow(
    'none of its sessions is known to be one of a test',
  );
  const many = Array.from({ length: 20 }, (_, n) => session(`a/s${n}`, `one of many, number ${n}`));
  expect(() => chosenOf(many, { test: ['pays'] })).toThrow(/"one of many, number 7" and 12 more$/);
});

test('a session is found by the name that errors give it, where one pool alone has it', () => {
  expect(chosen({ session: 'cart/s1' })).toEqual(['cart/s1']);
  expect(chosen({ session: 's3' })).toEqual(['mail/s3']);
  expect(() => chosen({ session: 's1' })).toThrow('several of its pools have a session "s1": cart/s1, mail/s1');
  expect(() => chosen({ session: 's9' })).toThrow('it has no session "s9"; sessions are cart/s1, ');
});

test('the list of sessions knows whose each is, and counts its messages', () => {
  const list = new SessionList();
  list.add({ t: 1, s: 'a/s1', e: 'open', pool: 'a', protocol: 'p', warm: true });
  list.add({ t: 1, s: 'a/s1', e: 'send', in: 'open', m: {} });
  list.add({ t: 2, s: 'a/s1', e: 'taken', test: 'adds', file: 'cart.test.ts', takenAt: 'cart.test.ts:3:1' });
  list.add({ t: 2, s: 'a/s1', e: 'event', m: {} });
  list.add({ t: 2, s: 'a/s2', e: 'event', m: {} }); // its beginning was cut away
  list.add({ t: 3, s: 'a/s1', e: 'closed', failed: true, dropped: 2 });
  list.add({ t: 4, e: 'end', dropped: 2 });
  expect(list.all).toEqual([
    {
      s: 'a/s1',
      pool: 'a',
      test: 'adds',
      file: 'cart.test.ts',
      takenAt: 'cart.test.ts:3:1',
      shard: undefined,
      messages: 2,
      dropped: 2,
      failed: true,
    },
  ]);
  expect(list.dropped).toBe(2);
});

test('sessions of no test are each for themselves', () => {
  expect(testsOf([session('a/s1'), session('a/s2'), session('a/s3', 'x'), session('a/s4', 'x')])).toHaveLength(3);
});
