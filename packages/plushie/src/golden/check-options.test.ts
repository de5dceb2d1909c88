import { expect, test } from 'vitest';
import { problemIn } from './check-options.ts';

test.each([
  [{ maxDiffPixels: 3 }, 'there is no option `maxDiffPixels`'],
  [{ maxDifferentPixels: '3000' }, '`maxDifferentPixels` must be'],
  [{ maxDifferentPixels: -1 }, '`maxDifferentPixels` must be'],
  [{ threshold: Number.NaN }, '`threshold` must be'],
  [{ threshold: 2 }, '`threshold` must be'],
  [{ folder: '' }, '`folder` is empty'],
  [{ width: 0 }, '`width` must be'],
  [{ height: 3.5 }, '`height` must be'],
  [{ width: 1e9 }, '`width` must be'],
])('%j', (options, problem) => {
  expect(problemIn('screenshot', 'name', options as object)).toContain(problem);
});

test('nothing is wrong with what the guide says', () => {
  const options = { width: 320, height: 16_384, threshold: 0.5, maxDifferentPixels: 3, folder: 'x', platform: true };
  expect(problemIn('screenshot', 'name', options)).toBeUndefined();
  expect(problemIn('tree', 'name', { folder: 'x', mode: false })).toBeUndefined();
});

test('a name is a text, and a tree has no size', () => {
  expect(problemIn('tree', undefined, {})).toContain('name');
  expect(problemIn('tree', 'name', { width: 3 })).toContain('no option `width`');
});
