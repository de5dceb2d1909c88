import { defineConfig } from 'vitest/config';

// The suite runs in a checkout of plushie-typescript only.
export default defineConfig({
  test: {
    include: ['test/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/test.json' },
  },
});
