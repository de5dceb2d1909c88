// Messages on a line that is none: where a newline is missing.
import { expect, test } from 'vitest';
import { Frame } from '../codec/frame.ts';
import { jsonFormat } from '../codec/json.ts';
import { gluedIn } from './glued.ts';

const format = jsonFormat();
const found = (line: string): readonly unknown[] | undefined =>
  gluedIn(Frame.encoded(new TextEncoder().encode(line), format))?.messages.map(({ message }) => message);

test.each([
  ['Loading… {"type":"hello"}', [{ type: 'hello' }], 'before {type: "hello"}'],
  ['[info] {"a":{"b":[1]}}', [{ a: { b: [1] } }], 'before {a: {b: [1]}}'],
  ['x [{"id":1}]', [[{ id: 1 }]], 'before [{id: 1}]'],
  ['{"a":1}{"b":2}', [{ a: 1 }, { b: 2 }], 'between {a: 1} and {b: 2}'],
  ['{"a":{"b":1}}done {1}', [{ a: { b: 1 } }], 'after {a: {b: 1}}'],
])('%s', (line, messages, where) => {
  expect(found(line)).toEqual(messages);
  expect(gluedIn(Frame.encoded(new TextEncoder().encode(line), format))?.hint).toBe(`a newline is missing ${where}`);
});

test.each(['Loading', '', '{', 'took [1, 2] ms', '42', 'x {"a":', '[[[[[[[[[[[[{}'])('no message in %s', (line) => {
  expect(found(line)).toBe(undefined);
});

test('a long line is looked at in a few places only', () => {
  expect(found(`${'{'.repeat(100)} {"a":1}`)).toBe(undefined);
});
