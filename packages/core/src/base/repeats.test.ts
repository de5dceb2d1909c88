import { expect, test } from 'vitest';
import { withoutRepeats } from './repeats.ts';

test.each([
  ['', ''],
  ['a\nb\na\n', 'a\nb\na\n'],
  ['a\na\na\nb\n', 'a (3 times)\nb\n'],
  ['a\n\n\n\na', 'a\n\n\n\na'],
])('%j becomes %j', (text, expected) => {
  expect(withoutRepeats(text)).toBe(expected);
});
