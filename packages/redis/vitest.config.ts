import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type ViteUserConfigFnObject } from 'vitest/config';

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => ({
  test: {
    // Beside the code stands what starts no process.
    include: mode === 'quick' ? ['src/**/*.test.ts'] : ['{src,test}/**/*.test.ts'],
    // A slow machine must not fail the tests.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests start many processes of the same modules: their code is compiled, and their types are stripped, once.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compile') },
    // They wait for processes; one worker more than there are processors keeps these busy.
    maxWorkers: availableParallelism() + 1,
    // The quick suite is part of the whole one, and is not counted.
    ...(mode === 'quick' ? {} : { reporters: ['default', 'json'], outputFile: { json: 'test-results/redis.json' } }),
  },
}));

export default config;
