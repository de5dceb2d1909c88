import { expect, test } from 'vitest';
import { recordValue } from '../../base/transcript-value.ts';
import type { TranscriptEnd, TranscriptEvent } from '../../base/transcript.ts';
import { eventText, headerText } from './text.ts';

test('a transcript for people has the time, the session, the direction and the message of each line', () => {
  const s = 'cart/s1';
  const events: (TranscriptEvent | TranscriptEnd)[] = [
    {
      t: 5,
      s,
      e: 'open',
      pool: 'cart',
      protocol: 'p',
      test: 'adds',
      takenAt: 'cart.test.ts:3:1',
      child: 7,
      params: { a: 1 },
      hello: { version: 2 },
    },
    { t: 5.1, s, e: 'send', in: 'open', m: { type: 'begin' } },
    { t: 6, s, e: 'opened', id: 's1', opened: { port: 80 } },
    { t: 7, s, e: 'request', n: 1, m: recordValue({ type: 'query', bytes: new Uint8Array([1]) }) },
    { t: 7.5, s, e: 'send', m: recordValue({ file: Buffer.from('PIN=12\n'), picture: new Uint8Array([0x89, 0x50]) }) },
    { t: 8.25, s, e: 'reply', n: 1, m: { text: 'a\u001b[31m\nb' } },
    { t: 8, s, e: 'event', m: { $lost: 'a message of 5 bytes' } },
    { t: 9, s, e: 'cancel', n: 2 },
    { t: 9, s, e: 'refuse', n: 3, reason: 'the session has ended' },
    {
      t: 9,
      s,
      e: 'close',
      by: 'child',
      reason: 'because its child has ended',
      code: 'CHILD_EXITED',
      message: 'It ended\nso',
    },
    { t: 9.5, s, e: 'closed', failed: true, unconfirmed: true, dropped: 3 },
    { t: 9, s: 'cart/s2', e: 'open', pool: 'cart', protocol: 'p', warm: true },
    { t: 9, s: 'cart/s2', e: 'taken', test: 'is next', file: 'next.test.ts' },
    { t: 10_000, e: 'end', dropped: 3 },
  ];
  expect(events.map(eventText)).toEqual([
    '      5.0 ms  cart/s1  opens, of "adds" (cart.test.ts:3:1), on child 7, which has said {version: 2}, with {a: 1}',
    '      5.1 ms  cart/s1  → send (to open it)  {type: "begin"}',
    '      6.0 ms  cart/s1  is open: {port: 80}',
    '      7.0 ms  cart/s1  → request 1  {type: "query", bytes: <Uint8Array 1 bytes, sha-256 4bf5122f>}',
    '      7.5 ms  cart/s1  → send  {file: <7 bytes "PIN=12\\n">, picture: <Uint8Array 2 bytes, sha-256 ceb31d46>}',
    '      8.3 ms  cart/s1  ← reply 1  {text: "a\\u001b[31m\\nb"}',
    '      8.0 ms  cart/s1  ← event  <a message of 5 bytes>',
    '      9.0 ms  cart/s1  → request 2 is given up',
    '      9.0 ms  cart/s1  → question 3 gets no answer: the session has ended',
    '      9.0 ms  cart/s1  ends because its child has ended: CHILD_EXITED It ended so',
    '      9.5 ms  cart/s1  has ended: its child has not confirmed it, its test has failed, 3 of its messages are not here',
    '      9.0 ms  cart/s2  opens ahead of the test that will have it',
    '      9.0 ms  cart/s2  is taken by "is next" (next.test.ts)',
    '  10000.0 ms  the run is over, after 10 s',
  ]);
});

test('a line of a kind that is not known yet is left out', () => {
  expect(eventText({ t: 1, s: 'a', e: 'applause' } as unknown as TranscriptEvent)).toBeUndefined();
});

test('the first line says which run it was', () => {
  const header = {
    carpoolTranscript: 1,
    carpool: '1',
    folder: '/code',
    pid: 4,
    zero: Date.UTC(2026, 10, 29, 8),
  } as const;
  expect(headerText(header)).toBe('transcript of a run in /code, 2026-11-29 08:00:00 UTC, process 4');
  expect(headerText({ ...header, runner: 'jest' })).toMatch(/^transcript of a run of jest in/);
});
