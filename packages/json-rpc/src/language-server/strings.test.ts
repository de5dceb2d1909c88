import { expect, test } from 'vitest';
import { mapStrings } from './strings.ts';

const upper = (text: string): string => text.toUpperCase();

test('values and names are replaced, however deep; texts of documents are not', () => {
  const value = {
    changes: { 'a.ts': [{ newText: 'keep', range: { line: 1 } }] },
    text: 'keep',
    list: ['b', null, true],
  };
  expect(mapStrings(value, upper)).toEqual({
    CHANGES: { 'A.TS': [{ NEWTEXT: 'keep', RANGE: { LINE: 1 } }] },
    TEXT: 'keep',
    LIST: ['B', null, true],
  });
});

test('what only its reader understands is kept', () => {
  expect(mapStrings({ data: { a: 'b' }, c: 'd' }, upper, new Set(['data']))).toEqual({ data: { a: 'b' }, C: 'D' });
});

test('a field `text` that is no text is looked into', () => {
  expect(mapStrings({ text: { a: 'b' } }, (text) => (text === 'b' ? 'c' : text))).toEqual({ text: { a: 'c' } });
});
