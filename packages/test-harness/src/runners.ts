/** The facts of the three runners. What a suite tolerates besides, and which files it runs, it adds itself. */
import { join } from 'node:path';
import { readJestLike } from './jest-like.ts';
import { readPlaywright } from './playwright.ts';
import type { RunnerFacts } from './runner.ts';

export interface NamedRunner extends RunnerFacts {
  readonly name: 'Vitest' | 'Jest' | 'Playwright Test';
  /** Arguments of a run of all files. */
  readonly all: readonly string[];
}

/**
 * @param home - projects are laid out in this folder, and the runners keep their caches there
 * @param program - the path of a file of an installed package
 */
export function threeRunners(
  home: string,
  program: (name: string, file: string) => string,
  killsWorkers: boolean,
): readonly NamedRunner[] {
  return [
    {
      name: 'Vitest',
      all: ['run'],
      home,
      command: (args, results) => [
        program('vitest', 'vitest.mjs'),
        ...args,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${results}`,
      ],
      read: readJestLike,
      // The end of a worker that a test kills is one for Vitest.
      complaint: killsWorkers
        ? /Something went wrong|close timed out/
        : /Unhandled|Something went wrong|close timed out/,
    },
    {
      name: 'Jest',
      all: [],
      home,
      command: (args, results) => [
        program('jest', 'bin/jest.js'),
        '--no-watchman',
        `--cacheDirectory=${join(home, 'jest-cache')}`,
        ...args,
        '--json',
        `--outputFile=${results}`,
      ],
      // Every worker would fill it at its end, for which Jest waits half a second. The host makes one where it does by default.
      env: () => ({ NODE_COMPILE_CACHE: undefined }),
      leaves: /^node-compile-cache$/,
      read: readJestLike,
      complaint: /failed to exit gracefully|did not exit/,
    },
    {
      name: 'Playwright Test',
      all: ['test', '--reporter=list,json'],
      home,
      command: (args) => [program('@playwright/test', 'cli.js'), ...args],
      env: (results) => ({
        PLAYWRIGHT_JSON_OUTPUT_FILE: results,
        PWTEST_CACHE_DIR: join(home, 'playwright-cache'),
        // Playwright sets one of the two for its workers, and Node warns where there are both.
        NO_COLOR: undefined,
        FORCE_COLOR: '0',
      }),
      read: readPlaywright,
      complaint: /Internal error/,
      // Playwright leaves its artifacts where a worker was killed or failed.
      leaves: /^playwright-/,
    },
  ];
}
