import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['{src,test}/**/*.test.ts'],
    // Projects that the tests run Vitest on, not tests of this package.
    exclude: [...configDefaults.exclude, 'test/fixtures/**'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/test.json' },
  },
});

export default config;
