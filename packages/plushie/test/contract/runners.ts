/** The three runners: their files, and what the harness needs to know of them. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readJestLike, type RunnerFacts } from '@carpool/test-harness';
import { readPlaywright } from '@carpool/test-harness/playwright';

export interface Runner extends RunnerFacts {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Arguments of a run of all files. */
  readonly all: readonly string[];
  readonly isCommonJs?: true;
}

const home = join(import.meta.dirname, '../../.tmp');
mkdirSync(home, { recursive: true });

const { resolve } = createRequire(import.meta.url);
const program = (name: string, file: string): string => join(dirname(resolve(`${name}/package.json`)), file);

/** Milliseconds, long enough for a busy machine. */
const timeout = 30_000;

/** The same number of workers as of files: two of them wait for each other, and for the third. */
const workers = 3;

const vitestFile = (body: string): string => `import { register } from '@carpool/vitest';
import { pooledBackend } from '@carpool/plushie/backend';
import { expect, test } from 'vitest';
import { contractIn, victim } from './worker.ts';

${body};
`;

const vitest: Runner = {
  name: 'Vitest',
  files: {
    'vitest.config.mjs': `import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [carpool()],
  test: { pool: 'forks', maxWorkers: ${workers}, testTimeout: ${timeout} },
});
`,
    'a.test.ts': vitestFile(`contractIn('a', { test, expect, register, pooledBackend })`),
    'b.test.ts': vitestFile(`contractIn('b', { test, expect, register, pooledBackend })`),
    'victim.test.ts': vitestFile('victim({ test, register })'),
  },
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
  complaint: /Something went wrong|close timed out/,
};

const jestFile = (body: string): string => `const { register } = require('@carpool/jest');
const { pooledBackend } = require('@carpool/plushie/backend');
const { contractIn, victim } = require('./worker.cjs');

${body};
`;

const jest: Runner = {
  name: 'Jest',
  isCommonJs: true,
  files: {
    'jest.config.cjs': `module.exports = { preset: '@carpool/jest', testTimeout: ${timeout}, maxWorkers: ${workers}, cacheDirectory: '../jest-cache' };\n`,
    'a.test.cjs': jestFile(`contractIn('a', { test, expect, register, pooledBackend })`),
    'b.test.cjs': jestFile(`contractIn('b', { test, expect, register, pooledBackend })`),
    'victim.test.cjs': jestFile('victim({ test, register })'),
  },
  all: [],
  home,
  command: (args, results) => [
    program('jest', 'bin/jest.js'),
    '--no-watchman',
    ...args,
    '--json',
    `--outputFile=${results}`,
  ],
  // Every worker would fill it at its end, for which Jest waits half a second. The host makes one where it does by default.
  env: () => ({ NODE_COMPILE_CACHE: undefined }),
  leaves: /^node-compile-cache$/,
  read: readJestLike,
  complaint: /failed to exit gracefully|did not exit/,
};

const playwrightFile = (body: string): string => `import { expect, register, test } from '@carpool/playwright';
import { pooledBackend } from '@carpool/plushie/backend';
import { contractIn, victim } from './worker.ts';

${body};
`;

const playwright: Runner = {
  name: 'Playwright Test',
  files: {
    'playwright.config.mjs': `import { defineConfig } from '@playwright/test';

export default defineConfig({
  globalSetup: '@carpool/playwright/global-setup',
  timeout: ${timeout},
  workers: ${workers},
  // By default it is, and is emptied, where the nearest package.json is: in the results of this very suite.
  outputDir: 'results',
});
`,
    'a.spec.ts': playwrightFile(`contractIn('a', { test, expect, register, pooledBackend })`),
    'b.spec.ts': playwrightFile(`contractIn('b', { test, expect, register, pooledBackend })`),
    'victim.spec.ts': playwrightFile('victim({ test, register })'),
  },
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
  // Playwright leaves its artifacts where a worker was killed.
  leaves: /^playwright-/,
};

export const runners: readonly Runner[] = [vitest, jest, playwright];
