import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/*.test.ts'],
    globalSetup: ['test/harness.ts'],
    // Each test runs a runner of its own, or several.
    testTimeout: 180_000,
    // No more at a time: Jest complains of a worker that takes half a second to exit.
    maxWorkers: availableParallelism(),
    reporters: ['default', '@carpool/test-harness/report'],
    outputFile: { json: 'test-results/test.json' },
  },
});

export default config;
