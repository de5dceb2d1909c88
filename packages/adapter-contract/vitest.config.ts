import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/*.test.ts'],
    globalSetup: ['home.ts', 'ava-home.ts'],
    // Each test looks at a run of a runner, or makes one of its own.
    testTimeout: 180_000,
    hookTimeout: 600_000,
    // Runners wait for processes and deadlines about as long as they compute.
    maxWorkers: availableParallelism(),
    // Titles are rows of the table.
    taskTitleValueFormatTruncate: 0,
    reporters: ['default', '@carpool/test-harness/report'],
    outputFile: { json: 'test-results/test.json' },
  },
});
