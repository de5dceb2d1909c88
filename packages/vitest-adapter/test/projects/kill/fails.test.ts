import { existsSync } from 'node:fs';
import { expect, test, vi } from 'vitest';

test('must fail: and cancels the others', async () => {
  await vi.waitUntil(() => existsSync('holding'), { timeout: 20_000 });
  expect(1).toBe(2);
});
