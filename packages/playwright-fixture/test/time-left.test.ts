import type { TestInfo } from '@playwright/test';
import { expect, test } from 'vitest';
import { compareClocks, timeLeftIn } from '../src/time-left.ts';

test.for([
  [600, 100],
  [3_000, 300],
  [30_000, 500],
] as const)('of %d ms a wait ends %d ms earlier, as in every runner', ([timeout, margin]) => {
  // As far as Playwright's clock is that of this process.
  const start = performance.now();
  const running = { start, deadline: start + timeout };
  const info = { _timeoutManager: { _running: running } } as unknown as TestInfo;
  compareClocks(info);
  const left = timeLeftIn(info);
  const elapsed = performance.now() - start;
  expect(left).toBeLessThanOrEqual(timeout - margin + 1);
  expect(left).toBeGreaterThanOrEqual(timeout - margin - elapsed - 1);
});

test('without a time-out any time is left', () => {
  const running = { start: 0, deadline: 2 ** 31 - 1 };
  expect(timeLeftIn({ _timeoutManager: { _running: running } } as unknown as TestInfo)).toBe(Infinity);
});
