import { expect, test } from 'vitest';
import type { TranscriptEvent } from '../base/transcript.ts';
import { ReplayBook, type Claim } from './replay-book.ts';
import { sessionOf, type RecordedHead, type RecordedSession, type Recording } from './recorded-session.ts';

/** A session that sends its name. */
function recorded(s: string, more: Partial<RecordedHead> = {}): RecordedSession {
  const lines: TranscriptEvent[] = [
    { e: 'opened', s, t: 1, id: s },
    { e: 'send', s, t: 2, m: { type: s } },
    { e: 'closed', s, t: 90 },
  ];
  const head = { s, t: 0, line: 2, inRun: 1, pool: 'shop', test: 'adds', file: 'cart.test.ts', ...more };
  return sessionOf(
    head,
    lines.map((line, at) => [line, at + 3]),
  );
}

function bookOf(recordings: readonly Recording[]): ReplayBook {
  return new ReplayBook({
    pool: 'shop',
    place: 'shop.jsonl',
    recordings,
    relative: (file) => file,
    isOfAny: true,
  });
}

const open = (claim: Claim) => claim.open(({ m }) => m);
const send = (type: string) => ({ kind: 'send', m: { type } }) as const;

test.each([
  ['test', { test: 'removes' }],
  ['file', { file: 'list.test.ts' }],
])('where all are of any, none goes on in a recording of another %s, or reads it', async (_, other) => {
  const read: string[] = [];
  const all = [recorded('a'), recorded('b'), recorded('c', other)];
  const book = bookOf(all.map((of) => ({ head: of, load: () => (read.push(of.s), of) })));
  const session = await open(book.claim(undefined, undefined));
  expect(read.toSorted()).toEqual(['a', 'b']);
  expect(() => session.sent(send('c'))).toThrow('it was not recorded');
  session.sent(send('b'));
  expect(session.recorded.s).toBe('b');
});

test('recordings are read one after another', async () => {
  let reading = 0;
  let most = 0;
  const load = async (of: RecordedSession): Promise<RecordedSession> => {
    most = Math.max(most, ++reading);
    await Promise.resolve();
    reading--;
    if (of.s === 'b') throw new Error('it cannot be read');
    return of;
  };
  const all = ['a', 'b', 'c', 'd'].map((s) => recorded(s));
  const book = bookOf(all.map((of) => ({ head: of, load: () => load(of) })));
  const session = await open(book.claim(undefined, undefined));
  expect(most).toBe(1);
  // One that cannot be read is no reason not to go on in another one.
  session.sent(send('d'));
  expect(session.recorded.s).toBe('d');
});

test('the params of a recording are made comparable once', async () => {
  let reads = 0;
  const all = ['a', 'b', 'c', 'd'].map((s) => recorded(s));
  const book = bookOf(
    all.map((of) => {
      const head = Object.defineProperty({ ...of }, 'params', { get: () => (reads++, { cart: of.s }) });
      return { head, load: () => of };
    }),
  );
  const once = book.claim(undefined, { cart: 'd' });
  const first = reads;
  await open(once);
  for (const cart of ['c', 'b', 'a']) await open(book.claim(undefined, { cart }));
  expect(first).toBeGreaterThan(0);
  expect(reads).toBe(first);
});

test('of many that were open at the same time, a session reads the 50 nearest, and goes on only in what is read', async () => {
  const read: string[] = [];
  const all = Array.from({ length: 200 }, (_, at) => recorded(`s${at}`));
  const names = (from: number, to: number) => all.slice(from, to).map(({ s }) => s);
  const book = bookOf(all.map((of) => ({ head: of, load: () => (read.push(of.s), of) })));
  const claims = all.slice(0, 101).map(() => book.claim(undefined, undefined));
  const session = await open(claims[100]!);
  expect(read.toSorted()).toEqual(names(75, 126).toSorted());
  expect(() => session.sent(send('s126'))).toThrow('it was not recorded');
  session.sent(send('s125'));
  expect(session.recorded.s).toBe('s125');
  // What another session has read can be exchanged with it, however far away.
  const far = await open(claims[0]!);
  const middle = await open(claims[60]!);
  expect(read.toSorted()).toEqual(names(0, 126).toSorted());
  middle.sent(send('s0'));
  expect([middle.recorded.s, far.recorded.s]).toEqual(['s0', 's60']);
});
