import { expect, test } from 'vitest';
import type { TranscriptOpen, TranscriptTaken } from '../base/transcript.ts';
import { headOf, isAtOnce, type RecordedHead } from './recorded-session.ts';

const folder = '/code/shop';

function opened(s: string, t: number, ended: number): RecordedHead {
  const event: TranscriptOpen = { e: 'open', s, t, pool: 'shop', protocol: 'p' };
  const head = headOf(event, undefined, { folder, line: t + 2 }) as RecordedHead;
  return { ...head, ended: { t: ended, line: ended + 2 } };
}

function taken(of: RecordedHead, t: number): RecordedHead {
  const event: TranscriptTaken = { e: 'taken', s: of.s, t, test: 'adds', file: `${folder}/cart.test.ts` };
  return headOf(event, of, { folder, line: t + 2 }) as RecordedHead;
}

test('a session that was opened ahead was at once with those that ended after it was taken, and with no others', () => {
  const first = opened('a', 10, 20);
  const ahead = opened('b', 0, 40);
  expect(isAtOnce(first, ahead)).toBe(true);
  for (const [at, atOnce] of [
    [19, true],
    [21, false],
  ] as const) {
    const late = taken(ahead, at);
    expect([isAtOnce(first, late), isAtOnce(late, first)]).toEqual([atOnce, atOnce]);
    // Its child got to know of it when it was opened.
    expect(late).toMatchObject({ t: 0, line: 2, test: 'adds', file: 'cart.test.ts' });
  }
});
