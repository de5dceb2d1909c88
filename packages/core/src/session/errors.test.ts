import { expect, test } from 'vitest';
import { CarpoolError } from '../base/errors.ts';
import { closedError } from './errors.ts';
import type { CloseReason } from './state.ts';

const ended = { id: 's1', label: 'session s1' };

test('a session that its user ended is reported as closed to every caller', () => {
  const reason: CloseReason = { by: 'unregister', at: 1_000, reason: 'by `unregister`' };
  const error = closedError('send', ended, reason, 1_250.4);
  expect(error.code).toBe('SESSION_CLOSED');
  expect(error.message).toBe('Cannot send: session s1 was closed by `unregister` 250 ms ago');
  expect(error.context).toEqual({ session: 's1', closedBy: 'unregister', age: 250 });
});

test('a session that failed fails every call with the cause of its end, and its evidence', () => {
  const cause = new CarpoolError('CHILD_EXITED', 'The child exited', { evidence: { stderr: 'out of memory' } });
  const reason: CloseReason = { by: 'child', at: 0, reason: 'because its child ended', error: cause };
  const error = closedError('wait for a reply', ended, reason, 10);
  expect(error).toMatchObject({ code: 'CHILD_EXITED', scope: 'child', blame: 'child' });
  // What the error shows, its cause does not repeat.
  expect(error.cause).toMatchObject({ code: 'CHILD_EXITED', message: 'The child exited', evidence: {} });
  expect(error.message).toContain('Cannot wait for a reply: session s1 was closed because its child ended 10 ms ago');
  expect(error.message).toContain('out of memory');
  expect(error.context['session']).toBe('s1');
});

test('a clock that runs backwards gives no negative age', () => {
  const reason: CloseReason = { by: 'owner', at: 5_000, reason: 'because its test ended' };
  expect(closedError('send', ended, reason, 0).message).toMatch(/ended 0 ms ago$/);
});
