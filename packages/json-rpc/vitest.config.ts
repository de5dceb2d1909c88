import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type ViteUserConfigFnObject } from 'vitest/config';

// Two suites, one script each. `--mode` picks the suite; its results go to test-results/<suite>.json.
const suites = {
  test: { include: ['{src,test}/**/*.test.ts'] },
  // Beside the code stands what starts no process.
  quick: { include: ['src/**/*.test.ts'] },
};

function isSuite(mode: string): mode is keyof typeof suites {
  return Object.hasOwn(suites, mode);
}

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => {
  const suite = isSuite(mode) ? mode : 'test';
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
      // The quick suite is part of the whole one, and is not counted.
      ...(suite === 'quick'
        ? {}
        : { reporters: ['default', 'json'], outputFile: { json: `test-results/${suite}.json` } }),
    },
  };
});

export default config;
