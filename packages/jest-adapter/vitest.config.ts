import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/*.test.ts'],
    globalSetup: ['test/harness.ts'],
    // Each test runs a runner of its own, or several.
    testTimeout: 90_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/test.json' },
  },
});

export default config;
