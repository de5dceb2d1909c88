import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  configDefaults,
  defineConfig,
  type TestProjectInlineConfiguration,
  type ViteUserConfigFnObject,
} from 'vitest/config';

const unit = 'src/**/*.test.ts';
const layers = 'test/layers.test.ts';

// A test stands beside the code if it starts no process and keeps no state of a module: those are fast, and share workers.
const beside: TestProjectInlineConfiguration = {
  extends: true,
  test: { name: 'src', include: [unit], isolate: false },
};
const withProcesses: TestProjectInlineConfiguration = {
  extends: true,
  test: { name: 'test', include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, layers] },
};

// Three suites, one script each. `--mode` picks the suite; its results go to test-results/<suite>.json.
const suites = {
  test: { projects: [beside, withProcesses] },
  quick: { projects: [beside] },
  layers: { include: [layers] },
};

function isSuite(mode: string): mode is keyof typeof suites {
  return Object.hasOwn(suites, mode);
}

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => {
  const suite = isSuite(mode) ? mode : 'test';
  return {
    test: {
      ...suites[suite],
      // A machine that is busy is no failure.
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
