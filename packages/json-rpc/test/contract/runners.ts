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
const workers = 2;
const files = ['a', 'b'];

const filesOf = (name: (file: string) => string, body: (file: string) => string): Record<string, string> =>
  Object.fromEntries(files.map((file) => [name(file), body(file)]));

const imports = (adapter: string, rest: string): string => `${adapter}
import { lsp, rpc } from '@carpool/json-rpc/client';
import { contractIn } from './worker.ts';
${rest}`;

const call = (file: string): string => `contractIn('${file}', { test, expect, register, lsp, rpc });\n`;

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
    ...filesOf(
      (file) => `${file}.test.ts`,
      (file) =>
        imports(
          `import { register } from '@carpool/vitest';`,
          `import { expect, test } from 'vitest';\n\n${call(file)}`,
        ),
    ),
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

const jest: Runner = {
  name: 'Jest',
  isCommonJs: true,
  files: {
    'jest.config.cjs': `module.exports = { preset: '@carpool/jest', testTimeout: ${timeout}, maxWorkers: ${workers}, cacheDirectory: '../jest-cache' };\n`,
    ...filesOf(
      (file) => `${file}.test.cjs`,
      (file) => `const { register } = require('@carpool/jest');
const { lsp, rpc } = require('@carpool/json-rpc/client');
const { contractIn } = require('./worker.cjs');

${call(file)}`,
    ),
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
    ...filesOf(
      (file) => `${file}.spec.ts`,
      (file) => imports(`import { expect, register, test } from '@carpool/playwright';`, `\n${call(file)}`),
    ),
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
};

export const runners: readonly Runner[] = [vitest, jest, playwright];
