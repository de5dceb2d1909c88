import { expect, test } from 'vitest';
import { Progress, withTokens } from './progress.ts';

const begin = (token: unknown, title: string, session?: string): object => {
  const value = { kind: 'begin', title };
  if (session === undefined) return { token, value };
  const { workDoneToken } = withTokens('some/request', { workDoneToken: token }, session) as { workDoneToken: string };
  return { token: workDoneToken, value };
};

test('what has begun and not ended is told, with what was reported last', () => {
  const progress = new Progress();
  expect(progress.describe()).toBeUndefined();
  progress.reported(begin(1, 'Indexing'));
  progress.reported(begin('two', 'Checking'));
  expect(progress.describe()).toBe('the server works on "Indexing", "Checking"');
  progress.reported({ token: 1, value: { kind: 'report', percentage: 40, message: 'a.ts' } });
  progress.reported({ token: 'two', value: { kind: 'end', message: 'done' } });
  expect(progress.describe()).toBe('the server works on "Indexing" (40 %, a.ts)');
  // Nothing new is said.
  progress.reported({ token: 1, value: { kind: 'report' } });
  expect(progress.describe()).toBe('the server works on "Indexing" (40 %, a.ts)');
  progress.reported({ token: 1, value: { kind: 'end' } });
  expect(progress.describe()).toBeUndefined();
});

test('partial results, what never began and what is no progress are none', () => {
  const progress = new Progress();
  for (const params of [undefined, {}, { token: 1, value: [1] }, { token: 1, value: { kind: 'report' } }])
    progress.reported(params);
  expect(progress.describe()).toBeUndefined();
});

test('the work of a session ends with it; the last hundred are kept, and three named', () => {
  const progress = new Progress();
  progress.reported(begin(1, 'of one', 's1'));
  progress.reported(begin(1, 'of two', 's2'));
  progress.forget('s1');
  expect(progress.describe()).toBe('the server works on "of two"');
  for (let token = 0; token < 200; token++) progress.reported(begin(token, `work ${token}`));
  expect(progress.describe()).toBe('the server works on "work 100", "work 101", "work 102", and 97 more');
});

test('work is cancelled by the token that the session has given it', () => {
  const [method, params] = ['window/workDoneProgress/cancel', { token: 1 }];
  expect(withTokens(method, params, 's1')).toEqual({ token: 'carpool:s1:1' });
  expect(withTokens('other', params, 's1')).toEqual(params);
});
