import { afterEach, expect, test } from 'vitest';
import { useEvidence } from '../base/evidence-option.ts';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import type { OpenSession } from './open-session.ts';
import { Recent } from './recent.ts';
import { waitedInVain, waitIn } from './wait-limit.ts';

function open(timeLeft?: () => number) {
  const recent = new Recent();
  const session = { conversation: { id: 's1', recent }, requestTimeout: 30_000, timeLeft } as unknown as OpenSession;
  return { session, comes: (type: string) => recent.add('in', Frame.of({ type }, json), 10) };
}

afterEach(() => useEvidence(undefined));

const missing = { what: 'reply to "query"', pool: 'echo' };

test('a wait takes what the call says, or the pool, and no more than the test has left', () => {
  expect(waitIn(open().session)).toMatchObject({ timeout: 30_000, allowed: undefined });
  expect(waitIn(open(() => Infinity).session, 40_000)).toMatchObject({ timeout: 40_000, allowed: undefined });
  expect(waitIn(open(() => 4_900).session)).toMatchObject({ timeout: 4_900, allowed: 30_000 });
  expect(waitIn(open(() => 4_900).session, 60)).toMatchObject({ timeout: 60, allowed: undefined });
  expect(waitIn(open(() => 4_900).session, Infinity)).toMatchObject({ timeout: 4_900, allowed: Infinity });
});

test('its error says for how long, why not longer, and what came instead', () => {
  const { session, comes } = open(() => 400);
  comes('earlier');
  const wait = waitIn(session, 500);
  const text = (of = wait): string => waitedInVain(session, of, missing);
  const limit = 'within 400 ms, the rest of the time of this test or hook (instead of 500 ms), in session s1';
  expect(text()).toBe(`No reply to "query" ${limit} of pool "echo"; no message came meanwhile`);
  comes('tick');
  expect(text()).toContain('of pool "echo"; one other message came: {type: "tick"}');
  comes('tock');
  expect(text()).toContain('; 2 other messages came, the last of them: {type: "tock"}');
  expect(text(waitIn(session, Infinity))).toContain('the rest of the time of this test or hook, in session');
  expect(text(waitIn(session, 60))).toBe(
    'No reply to "query" within 60 ms in session s1 of pool "echo"; no message came meanwhile',
  );
});

test('where messages are not kept, it says how many came', () => {
  useEvidence(false);
  const { session, comes } = open();
  const wait = waitIn(session);
  const text = (): string => waitedInVain(session, wait, missing);
  expect(text()).toMatch(/; no message came meanwhile$/);
  comes('tick');
  expect(text()).toMatch(/; one other message came$/);
  comes('tock');
  expect(text()).toMatch(/; 2 other messages came$/);
});
