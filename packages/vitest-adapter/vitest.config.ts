import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,test}/**/*.test.ts'],
    // Projects that the tests run Vitest on, not tests of this package.
    exclude: [...configDefaults.exclude, 'test/fixtures/**'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/test.json' },
  },
});
