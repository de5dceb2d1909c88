import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// The same as ../vitest.config.ts, except for what `#test` means.
export default defineConfig({
  root: join(import.meta.dirname, '..'),
  resolve: { alias: { '#test': join(import.meta.dirname, 'test.ts') } },
  test: { include: ['tests/**/*.test.ts'], pool: 'forks', maxWorkers: 4 },
});
