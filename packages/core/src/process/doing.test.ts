import { expect, test } from 'vitest';
import { judge, parsePs } from './doing.ts';

const look = (...states: readonly string[]) => new Map(states.map((state, thread) => [`${thread}`, state]));

test('a thread that runs each time computes, whatever the others do', () => {
  expect(judge([look('S', 'R'), look('S', 'R'), look('R', 'R')])).toContain('computes without a pause');
  expect(judge([look('R', 'S'), look('S', 'R'), look('R', 'S')]), 'two that take turns').toBeUndefined();
  expect(judge([look('R'), look()]), 'it has ended').toBeUndefined();
});

test('nothing runs: it is idle', () => {
  expect(judge([look('S', 'I'), look('S', 'S')])).toContain('is idle');
  expect(judge([look('S'), look('D')]), 'it waits for a disk').toBeUndefined();
  expect(judge([look('S'), look('S', 'R')]), 'a thread has begun').toBeUndefined();
  expect(judge([look('S'), look('R')])).toBeUndefined();
});

test('one that was stopped, as `tT` in all systems', () => {
  expect(judge([look('T', 'S'), look('T', 'S')])).toContain('is stopped, by a signal or a debugger');
  expect(judge([look('t'), look('t')])).toContain('is stopped');
});

test('where the system shows nothing, nothing is said', () => {
  expect(judge([look(), look()])).toBeUndefined();
  expect(judge([])).toBeUndefined();
});

test('the lines of ps: those of the group', () => {
  expect(parsePs('    1     1 Ss\n  501   500 R+\n  502   500 S\n', 500)).toEqual(
    new Map([
      ['501', 'R+'],
      ['502', 'S'],
    ]),
  );
});
