import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/*.test.ts'],
    globalSetup: ['test/harness.ts'],
    // Each test runs a runner of its own, or several.
    testTimeout: 180_000,
    // Runners wait for processes and deadlines about as long as they compute: two for each processor keep it busy.
    maxWorkers: availableParallelism(),
    sequence: { concurrent: true },
    maxConcurrency: 2,
    reporters: ['default', '@carpool/test-harness/report'],
    outputFile: { json: 'test-results/test.json' },
  },
});

export default config;
