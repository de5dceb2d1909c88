/** What the Vitest configs of packages with several suites share. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type TestUserConfig, type ViteUserConfigFnObject } from 'vitest/config';

/** Beside the code stands what starts no process: the suite `quick`. */
export const quick: TestUserConfig = { include: ['src/**/*.test.ts'] };

export interface Suites {
  /** The folder of the package. */
  readonly folder: string;
  /** `--mode` picks the suite; without it that is `test`. Its results go to `test-results/<suite>.json`. */
  readonly suites: Readonly<Record<string, TestUserConfig>> & { readonly test: TestUserConfig };
  /** Milliseconds. Default 40,000: a busy machine is no failure. */
  readonly timeout?: number;
}

export function configOf({ folder, suites, timeout = 40_000 }: Suites): ViteUserConfigFnObject {
  return defineConfig(({ mode }) => {
    const suite = Object.hasOwn(suites, mode) ? mode : 'test';
    return {
      test: {
        testTimeout: timeout,
        hookTimeout: timeout,
        expect: { poll: { timeout: 20_000 } },
        // Tests start many processes of the same modules: their code is compiled, and their types are stripped, once.
        env: { NODE_COMPILE_CACHE: join(folder, 'node_modules/.cache/compile') },
        // They wait for processes and deadlines; one worker more than there are processors keeps these busy.
        maxWorkers: availableParallelism() + 1,
        // The quick suite is part of the whole one, and is not counted.
        ...(suite === 'quick'
          ? {}
          : {
              reporters: ['default', '@carpool/test-harness/report'],
              outputFile: { json: `test-results/${suite}.json` },
            }),
        ...suites[suite],
      },
    };
  });
}
