import { expect, test } from 'vitest';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import { Journal, rootId, speakerName, type Speaker } from './journal.ts';
import type { PendingCall } from './pending.ts';
import { describeSilence, isSilentFor, stuckIn, type Asker } from './silence.ts';

const frame = (type: string): Frame => Frame.of({ type }, json);
const callbacks = { reply: () => {}, failed: () => {} };
const calls = (number: number, type: string): PendingCall => ({ key: 'k', callbacks, number, sent: frame(type) });

const one: Speaker = { id: 's1', holder: { test: 'loops', file: 'a.test.ts' } };
const two: Speaker = { id: 's2' };
const three: Speaker = { id: 's3' };

test('a session that has sent something, to which nothing came, gets the oldest unanswered request', () => {
  const journal = new Journal();
  const askers: Asker[] = [
    { speaker: two, calls: { oldestCall: calls(2, 'query') } },
    { speaker: one, calls: { oldestCall: calls(1, 'loop') } },
    { speaker: three, calls: { oldestCall: undefined } },
  ];
  journal.add('out', one, frame('loop'));
  // A reply that was on its way.
  journal.add('in', three, frame('late'));
  journal.add('out', two, frame('query'));
  expect(isSilentFor(two, journal)).toBe(true);
  expect(isSilentFor(three, journal)).toBe(false);
  const oldest = 'the oldest message that it has not answered is {type: "loop"} (session s1 of "loops" (a.test.ts))';
  expect(stuckIn(two, journal, askers)).toBe(`the child sends nothing at all; ${oldest}`);
  expect(describeSilence(journal, askers)).toBe(oldest);
  expect(stuckIn(three, journal, askers), 'it waits for nothing').toBe(undefined);
});

test('without a request, it is the first message after the last that came', () => {
  const journal = new Journal();
  for (let n = 0; n < 40; n++) journal.add('in', three, frame('tick'));
  journal.add('out', one, frame('crash'));
  journal.add('out', two, frame('hello'));
  expect(stuckIn(two, journal, [])).toContain('{type: "crash"} (session s1 of "loops" (a.test.ts))');
  expect(stuckIn(one, journal, []), 'its own').toBe(undefined);
});

test('a child that says something which is no message is not silent, and that takes no place among the messages', () => {
  const journal = new Journal();
  journal.add('out', one, frame('loop'));
  journal.came();
  expect(isSilentFor(one, journal)).toBe(false);
  expect(journal.describe()).toEqual(['→ {type: "loop"} (session s1 of "loops" (a.test.ts))']);
  for (let n = 0; n < 40; n++) journal.add('out', two, frame('query'));
  expect([isSilentFor(one, journal), isSilentFor(two, journal)]).toEqual([false, true]);
  journal.came();
  expect(isSilentFor(two, journal)).toBe(false);
  journal.add('out', one, frame('loop'));
  expect(describeSilence(journal, [])).toContain('{type: "loop"} (session s1 of "loops" (a.test.ts))');
});

test('of a death it is said what the sessions said that were open, and who had ended before', () => {
  const journal = new Journal();
  journal.add('in', { id: rootId }, frame('ready'));
  journal.add('out', one, frame('loop'));
  journal.add('in', one, frame('closed'));
  journal.add('out', two, frame('query'));
  journal.add('in', two, frame('answer'));
  const ended = '(before these, sessions that have ended: session s1 of "loops" (a.test.ts))';
  expect(journal.describe([two])).toEqual([ended, '→ {type: "query"}', '← {type: "answer"}']);
  journal.add('out', three, frame('crash'));
  expect(journal.describe([two]).slice(1), 'what came between is said').toEqual([
    '→ {type: "query"} (session s2)',
    '← {type: "answer"} (session s2)',
    `→ {type: "crash"} (${speakerName(three)})`,
  ]);
  expect(journal.describe([]), 'none is open').toEqual(journal.describe());
  expect(journal.describe()).toHaveLength(6);
});

test('the request that was answered last is of no session but its own, where it is not named', () => {
  const journal = new Journal();
  journal.answered(one, frame('query'), 5);
  const said = 'the last request that the child has answered is {type: "query"}';
  expect(journal.describeAnswered(15, one)).toBe(`${said}, 10 ms ago`);
  expect(journal.describeAnswered(15, two)).toBe(`${said} (session s1 of "loops" (a.test.ts)), 10 ms ago`);
});

test('a journal keeps the last sixteen messages, oldest first', () => {
  const journal = new Journal();
  for (let n = 0; n < 20; n++) journal.add(n % 2 === 0 ? 'out' : 'in', two, frame(`${n}`));
  const lines = journal.describe();
  expect(lines).toHaveLength(16);
  expect([lines[0], lines[15]]).toEqual(['→ {type: "4"} (session s2)', '← {type: "19"} (session s2)']);
  expect(journal.heard).toBe(true);
  expect(speakerName({ id: rootId })).toBe('outside any session');
  expect(speakerName({ id: 's4', isWarm: true })).toBe('session s4, opened ahead (warm)');
});
