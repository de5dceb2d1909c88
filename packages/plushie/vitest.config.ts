import { configDefaults, defineConfig, type ViteUserConfigFnObject } from 'vitest/config';

const renderer = '{src,test}/**/*.renderer.test.ts';

// Two suites, one script each. `--mode` picks the suite; its results go to test-results/<suite>.json.
const suites = {
  test: { include: ['{src,test}/**/*.test.ts'], exclude: [...configDefaults.exclude, renderer] },
  renderer: { include: [renderer] },
};

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => {
  const suite = mode === 'renderer' ? mode : 'test';
  return {
    test: {
      ...suites[suite],
      // A slow machine must not fail the tests.
      testTimeout: 20_000,
      hookTimeout: 20_000,
      reporters: ['default', 'json'],
      outputFile: { json: `test-results/${suite}.json` },
    },
  };
});

export default config;
