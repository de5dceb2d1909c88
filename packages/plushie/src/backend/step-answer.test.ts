import { expect, test } from 'vitest';
import { StepAnswer } from './step-answer.ts';

const patch = (op: string): Record<string, unknown> => ({ type: 'patch', session: '', ops: [{ op }] });
const snapshot = (id: string): Record<string, unknown> => ({ type: 'snapshot', session: '', tree: { id } });
const reset = { type: 'reset', session: '' };
const other = { type: 'window_op', session: '' };

const bad = { type: 'patch', session: '' };

test.each([
  ['nothing', [], []],
  ['a patch', [patch('a')], [patch('a')]],
  ['patches, as one', [patch('a'), patch('b')], [{ type: 'patch', session: '', ops: [{ op: 'a' }, { op: 'b' }] }]],
  ['the last snapshot, which holds all before it', [patch('a'), snapshot('1'), snapshot('2')], [snapshot('2')]],
  ['a patch after a snapshot', [snapshot('1'), patch('a')], [snapshot('1'), patch('a')]],
  ['what is no patch, as it is', [patch('a'), bad], [patch('a'), bad]],
  ['nothing of a session that is reset', [patch('a'), reset, patch('b')], [patch('b')]],
])('the answer to a step: %s', (_, said, sent) => {
  const answer = new StepAnswer();
  for (const message of said) answer.takes(message);
  expect(answer.all()).toEqual(sent);
});

test('holds trees back, and nothing else', () => {
  const answer = new StepAnswer();
  expect([patch('a'), snapshot('1'), reset, other].map((message) => answer.takes(message))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
