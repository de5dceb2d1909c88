import { expect, test } from 'vitest';
import { ignoredPaths } from './ignored.ts';

const isIgnored = (pattern: string, ...path: (string | number)[]): boolean => ignoredPaths([pattern])(path);

test('a path is ignored as differences show it, with or without its first dot', () => {
  expect(isIgnored('.items[2].name', 'items', 2, 'name')).toBe(true);
  expect(isIgnored('items[2].name', 'items', 2, 'name')).toBe(true);
  expect(isIgnored('.items[2].name', 'items', 3, 'name')).toBe(false);
  expect(isIgnored('.items[2].name', 'items', 2)).toBe(false);
  expect(isIgnored('["a b"].c', 'a b', 'c')).toBe(true);
  expect(isIgnored('.a-b.$c', 'a-b', '$c')).toBe(true);
});

test('* is one name or number, ** is any number of them', () => {
  expect(isIgnored('.items[*].id', 'items', 12, 'id')).toBe(true);
  expect(isIgnored('.*.id', 'items', 'id')).toBe(true);
  expect(isIgnored('.*.id', 'items', 1, 'id')).toBe(false);
  expect(isIgnored('**.time', 'time')).toBe(true);
  expect(isIgnored('**.time', 'items', 3, 'time')).toBe(true);
  expect(isIgnored('**.time', 'items', 3, 'timer')).toBe(false);
});

test('without patterns nothing is', () => {
  expect(ignoredPaths([])([])).toBe(false);
});
