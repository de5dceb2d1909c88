import { expect, test } from 'vitest';
import type { Recorded } from '../../base/transcript-value.ts';
import { refusedError } from '../../session/errors.ts';
import { isRefusedAlike } from './finding.ts';

const invalid = { code: '-32602', message: 'Invalid params' };
/** As JSON-RPC has it: no text at the top. */
const m: Recorded = { error: { code: -32602, message: 'Invalid params' } };

test.each([
  [{ code: '-32602', message: 'Invalid params' }, true],
  [{ code: '-32601', message: 'Invalid params' }, false],
  [{ message: 'Invalid params' }, false],
  [{ code: '-32602', message: 'Invalid params: count' }, false],
])('recorded -32602, Invalid params; now %j: the same is %s', (now, same) => {
  const error = refusedError('s1', now, ['-> {"method":"add"}', '<- {"error":{}}']);
  expect(isRefusedAlike(error, { m, refusal: invalid })).toBe(same);
});

test('a code that was not there is another one', () => {
  const recorded = { m: { error: {} }, refusal: { message: 'full' } };
  expect(isRefusedAlike(refusedError('s1', { message: 'full' }, []), recorded)).toBe(true);
  expect(isRefusedAlike(refusedError('s1', { code: 'zero', message: 'full' }, []), recorded)).toBe(false);
});

test('a message as a whole has ids of its run, and is compared by its texts alone', () => {
  const refusal = { message: '{"refused":true,"session":"s9","id":"c3"}' };
  const now = refusedError('s1', { message: '{"refused":true,"session":"s1","id":"c1"}' }, []);
  expect(isRefusedAlike(now, { m: { refused: true }, refusal })).toBe(true);
});

test('what was redacted is no difference', () => {
  const refusal = { code: 'auth', message: 'password=[redacted] is wrong' };
  const now = refusedError('s1', { code: 'auth', message: 'password=hunter2 is wrong' }, []);
  expect(isRefusedAlike(now, { m: { error: { message: 'password=[redacted] is wrong' } }, refusal })).toBe(true);
});

test('of an old transcript, which has the message alone, the text is compared', () => {
  const now = refusedError('s1', { code: 'zero', message: 'cannot divide by zero' }, []);
  expect(isRefusedAlike(now, { m: { message: 'cannot divide by zero' } })).toBe(true);
  expect(isRefusedAlike(now, { m: { error: 'the model is full' } })).toBe(false);
});
