import { expect, test } from 'vitest';
import { fitted, sorted, type Row } from './table.ts';

const widthOf = (text: string): number => text.length;

test('columns have room, and stay in it', () => {
  const columns = [
    { key: 'a', title: 'A', rank: 0 },
    { key: 'b', title: 'B', rank: 2, grows: true },
    { key: 'c', title: 'C', rank: 1 },
  ] as const;
  const rows: Row[] = [{ key: '1', cells: { a: { text: 'x'.repeat(100) }, b: { text: 'y' }, c: { text: '123456' } } }];
  const widths = (width: number): unknown[] =>
    fitted({ columns, rows }, width, widthOf).map(({ key, width: own }) => [key, own]);
  expect(widths(60)).toEqual([
    ['a', 24],
    ['b', 28],
    ['c', 6],
  ]);
  expect(widths(40)).toEqual([
    ['a', 24],
    ['c', 6],
  ]);
  expect(widths(10)).toEqual([['a', 24]]);
  expect(
    sorted([{ key: '1', cells: {} }, ...rows], { column: 'a', descending: true }).map(({ cells }) => 'a' in cells),
  ).toEqual([true, false]);
});
