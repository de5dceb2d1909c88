import { expect, test } from 'vitest';
import { problemOfName } from './names.ts';

test.each([
  'empty',
  'after a click',
  'form/empty',
  'a/b/c',
  'counter.v2',
  'größe',
  '日本語',
  'row-1_[2]',
  'failed now',
  'x'.repeat(150),
])('%j can be used', (name) => {
  expect(problemOfName(name)).toBeUndefined();
});

test.each([
  ['', 'empty'],
  ['/etc/passwd', 'a folder in it is empty'],
  ['a//b', 'a folder in it is empty'],
  ['a/', 'a folder in it is empty'],
  ['..', 'leads out of its folder'],
  ['../a', 'leads out of its folder'],
  ['a/../../b', 'leads out of its folder'],
  ['./a', 'leads out of its folder'],
  ['a\\b', 'has a character'],
  ['C:a', 'has a character'],
  ['a?', 'has a character'],
  ['a\0', 'has a character'],
  ['a\nb', 'has a character'],
  ['.hidden', 'has a character'],
  ['-u', 'has a character'],
  ['a.', 'ends with a dot'],
  ['a /b', 'ends with a dot or a space'],
  ['con', 'is a device on Windows'],
  ['a/NUL.txt', 'is a device on Windows'],
  ['failed/a', 'is for the files of failures'],
  ['x'.repeat(151), 'has 151 characters'],
])('%j cannot be used: it %s', (name, problem) => {
  expect(problemOfName(name)).toContain(problem);
});

test('what is no string cannot be used', () => {
  expect(problemOfName(undefined)).toContain('no string');
});
