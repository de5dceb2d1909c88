import { expect, test } from 'vitest';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import { abandoned, type PendingCall } from './pending.ts';
import { pendingEvidence } from './pending-evidence.ts';

const siteAt = (line: number): { stack: string } => ({ stack: `Error\n    at test (/src/a.test.ts:${line}:7)` });

function call(number: number, more: object = {}): PendingCall {
  const callbacks = { reply() {}, failed() {}, since: number, site: siteAt(number) };
  const sent = Frame.of({ type: 'query', number, password: 'h7Rk2pQ9x' }, json);
  return { key: String(number), number, callbacks, sent, ...more };
}

test('requests and waits for events, each with its age and its place', () => {
  expect(pendingEvidence([call(1), call(2)], [{ since: 3, site: siteAt(3) }], 1203)).toEqual([
    '→ {type: "query", number: 1, password: [redacted]}, sent 1202 ms ago, at /src/a.test.ts:1:7',
    '→ {type: "query", number: 2, password: [redacted]}, sent 1201 ms ago, at /src/a.test.ts:2:7',
    'an event, waited for 1200 ms, at /src/a.test.ts:3:7',
  ]);
});

test('neither what was given up, nor what was not sent, nor what is not the user’s', () => {
  const ofProtocol = { callbacks: { reply() {}, failed() {} } };
  const calls = [call(1, { callbacks: abandoned }), call(2, { sent: undefined }), call(3, ofProtocol)];
  expect(pendingEvidence(calls, [], 10)).toBeUndefined();
});

test('five of each, and how many more', () => {
  const numbers = Array.from({ length: 7 }, (_, at) => at);
  const waits = numbers.map((since) => ({ since, site: { stack: '' } }));
  const lines =
    pendingEvidence(
      numbers.map((number) => call(number)),
      waits,
      10,
    ) ?? [];
  expect(lines).toHaveLength(12);
  expect(lines[5]).toBe('and 2 more requests');
  expect(lines.slice(6)).toEqual([
    ...[10, 9, 8, 7, 6].map((age) => `an event, waited for ${Math.round(age)} ms`),
    'and 2 more waits for events',
  ]);
});
