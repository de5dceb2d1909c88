import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig, type ViteUserConfigFnObject } from 'vitest/config';

const layers = 'test/layers.test.ts';

// Two suites, one script each. `--mode` picks the suite; its results go to test-results/<suite>.json.
const suites = {
  test: { include: ['{src,test}/**/*.test.ts'], exclude: [...configDefaults.exclude, layers] },
  layers: { include: [layers] },
};

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => {
  const suite = mode === 'layers' ? mode : 'test';
  return {
    test: {
      ...suites[suite],
      // A machine that is busy is no failure.
      testTimeout: 20_000,
      // Tests mostly wait for processes and deadlines, not for a processor.
      maxWorkers: 2 * availableParallelism(),
      hookTimeout: 20_000,
      reporters: ['default', 'json'],
      outputFile: { json: `test-results/${suite}.json` },
    },
  };
});

export default config;
