import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// The same as ../vitest.config.ts, except for what `#language-server` means.
export default defineConfig({
  root: join(import.meta.dirname, '..'),
  resolve: { alias: { '#language-server': join(import.meta.dirname, 'test.ts') } },
  test: { include: ['tests/*.test.ts'], pool: 'forks', maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 },
});
