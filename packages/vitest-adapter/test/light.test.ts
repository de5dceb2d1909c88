// What every test file pays for, whether it uses Carpool or not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What a built file loads when it is imported, and what it may load later. */
function importsOf(file: string): { readonly now: readonly string[]; readonly later: readonly string[] } {
  const text = readFileSync(join(import.meta.dirname, '../dist', file), 'utf8');
  const named = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name = '']) => name).toSorted();
  return { now: named(/^import .*?from "([^"]+)"/gm), later: named(/import\("([^"]+)"\)/g) };
}

test('the set-up file loads one file, which loads no more of Carpool than where the current test is found', () => {
  expect(importsOf('setup.js')).toEqual({ now: [], later: ['./hooks.js'] });
  expect(importsOf('hooks.js')).toEqual({
    now: ['carpool/adapter/current-test', 'node:async_hooks', 'vitest', 'vitest'],
    later: expect.arrayContaining(['carpool/adapter/test-process']),
  });
});

test('the entry of tests loads neither the client nor shared workers', () => {
  expect(importsOf('index.js')).toEqual({
    now: ['./hooks.js', 'carpool/adapter/test-process', 'vitest', 'vitest'],
    later: ['carpool/shared-worker'],
  });
});
