import { availableParallelism } from 'node:os';
import { join } from 'node:path';
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
      // Tests start many processes of the same modules: their code is compiled, and their types are stripped, once.
      env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compile') },
      // They wait for processes and deadlines; one worker more than there are processors keeps these busy.
      maxWorkers: availableParallelism() + 1,
      reporters: ['default', 'json'],
      outputFile: { json: `test-results/${suite}.json` },
    },
  };
});

export default config;
