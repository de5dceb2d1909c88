import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// The tests and all else as in ../vitest.config.ts; only what `#test` means is another.
export default defineConfig({
  root: join(import.meta.dirname, '..'),
  resolve: { alias: { '#test': join(import.meta.dirname, 'test.ts') } },
  test: { include: ['tests/**/*.test.ts'], pool: 'forks', maxWorkers: 4 },
});
