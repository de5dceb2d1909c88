import { expect, test } from 'vitest';
import { sessionOf, type RecordedHead, type Recording } from '../../replay/recorded-session.ts';
import type { TranscriptEvent } from '../../base/transcript.ts';
import { inOrder } from './in-order.ts';

/** Lines of one file, `[session, time, kind]`, as its recordings, the last one first. */
function recordings(...lines: readonly (readonly [string, number, 'open' | 'send' | 'close'])[]): Recording[] {
  const all = Map.groupBy(
    lines.map(([s, t, e], at) => ({ s, t, e, line: at + 2 })),
    ({ s }) => s,
  );
  return Array.from(all, ([s, own]): Recording => {
    const head: RecordedHead = { s, t: own[0]?.t ?? 0, line: own[0]?.line ?? 0, inRun: 1, pool: 'p' };
    const events = own.map(({ t, e, line }): readonly [TranscriptEvent, number] => {
      if (e === 'send') return [{ s, t, e, m: line }, line];
      return [e === 'open' ? { s, t, e: 'opened', id: s } : { s, t, e, by: 'owner', reason: '' }, line];
    });
    return { head, load: () => sessionOf(head, events) };
  }).toReversed();
}

async function played(all: readonly Recording[]): Promise<string[]> {
  const steps: string[] = [];
  for await (const { what, session } of inOrder(all)) steps.push(`${what} ${session.s}`);
  return steps;
}

test('a session that ends at the time at which the next one begins ends first, if its line is the first one', async () => {
  const after = recordings(['a', 0, 'open'], ['a', 1, 'send'], ['a', 5, 'close'], ['b', 5, 'open'], ['b', 5, 'close']);
  expect(await played(after)).toEqual(['open a', 'event a', 'end a', 'open b', 'end b']);
  const before = recordings(['a', 0, 'open'], ['a', 1, 'send'], ['b', 5, 'open'], ['a', 5, 'close'], ['b', 5, 'close']);
  expect(await played(before)).toEqual(['open a', 'event a', 'open b', 'end a', 'end b']);
});

test('messages of one time are in the order of their lines, over all sessions', async () => {
  const all = recordings(
    ['a', 0, 'open'],
    ['b', 0, 'open'],
    ['b', 0, 'send'],
    ['a', 0, 'send'],
    ['b', 0, 'send'],
    ['a', 0, 'send'],
  );
  expect(await played(all)).toEqual(['open a', 'open b', 'event b', 'event a', 'event b', 'end b', 'event a', 'end a']);
});
