import { expect, test } from 'vitest';
import type { StoredNode, Value } from '../messages.ts';
import { treeDifference } from './tree-difference.ts';

const node = (type: string, id: string, props: Record<string, Value> = {}, ...children: StoredNode[]): StoredNode => ({
  id,
  type,
  props,
  children,
});
const text = (id: string, content = id): StoredNode => node('text', id, { content });
const app = (...children: StoredNode[]): StoredNode => node('window', 'w', {}, node('column', 'c', {}, ...children));

function difference(expected: StoredNode | null, actual: StoredNode | null): string {
  return treeDifference(expected, actual).join('\n');
}

test('equal trees have none, also where the keys of a value are in another order', () => {
  expect(treeDifference(app(text('a')), app(text('a')))).toEqual([]);
  const styled = (style: Value): StoredNode => app(node('text', 'a', { style }));
  expect(difference(styled({ size: 1, font: { a: [1], b: 2 } }), styled({ font: { b: 2, a: [1] }, size: 1 }))).toBe('');
  expect(treeDifference(null, null)).toEqual([]);
});

test('a prop that has changed, that is new, and that is gone', () => {
  const before = app(node('text', 'a', { content: 'one', size: 12 }));
  const after = app(node('text', 'a', { content: 'two', color: '#f00' }));
  expect(difference(before, after)).toBe(
    [
      '    window#w > column#c > text#a',
      '  -   content: "one"',
      '  +   content: "two"',
      '  -   size: 12',
      '  +   color: "#f00"',
    ].join('\n'),
  );
});

test('a prop with a value that JSON cannot tell from none', () => {
  expect(difference(app(node('text', 'a', { content: null })), app(node('text', 'a')))).toBe(
    '    window#w > column#c > text#a\n  -   content: null',
  );
});

test('a child that is new in front of others is the only one that has changed', () => {
  expect(difference(app(text('a'), text('b')), app(text('new'), text('a'), text('b')))).toBe(
    '  + window#w > column#c > text#new',
  );
  expect(difference(app(text('a'), text('b')), app(text('b')))).toBe('  - window#w > column#c > text#a');
});

test('children in another order', () => {
  expect(difference(app(text('a'), text('b')), app(text('b'), text('a')))).toBe(
    ['    window#w > column#c: the order of its children', '  -   text#a, text#b', '  +   text#b, text#a'].join('\n'),
  );
});

test('another type under the same id is another node', () => {
  expect(difference(app(text('a')), app(node('button', 'a')))).toBe(
    '  - window#w > column#c > text#a\n  + window#w > column#c > button#a',
  );
});

test('children without ids are told apart by their place', () => {
  expect(difference(app(text('', 'one'), text('', 'two')), app(text('', 'one'), text('', 'three')))).toBe(
    '    window#w > column#c > text#\n  -   content: "two"\n  +   content: "three"',
  );
});

test('a tree that is gone, and another root', () => {
  expect(difference(app(), null)).toBe('  - window#w');
  expect(difference(null, app())).toBe('  + window#w');
  expect(difference(app(), node('window', 'other'))).toBe('  - window#w\n  + window#other');
});

test('it is short: many lines and long values are cut', () => {
  const many = treeDifference(app(), app(...Array.from({ length: 50 }, (_, at) => text(`t${at}`))));
  expect(many).toHaveLength(31);
  expect(many.at(-1)).toBe('  … and 20 more lines');
  const long = treeDifference(app(text('a')), app(text('a', 'x'.repeat(1000))));
  expect(long.at(-1)).toMatch(/^ {2}\+ {3}content: "x{99}…$/);
});
