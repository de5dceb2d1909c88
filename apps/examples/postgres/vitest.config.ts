import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';
import { asInstalled } from '../as-installed.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [carpool()],
  test: {
    include: ['tests/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    // Leave it out of a copy.
    server: asInstalled,
  },
});
