/** The config and the test files of a runner, from bodies that are the same in all of them. */
import { basename } from 'node:path';
import type { NamedRunner } from './runners.ts';

export interface TestFiles {
  /** The path of a TypeScript module that the test files import. Jest gets it as CommonJS. */
  readonly module: string;
  /** What test files import from it. */
  readonly exports: readonly string[];
  /** What they import besides: module → names. */
  readonly imports?: Readonly<Record<string, readonly string[]>>;
  /** Name of a test file → its text. `test`, `expect` and `register` are there, and what is imported. */
  readonly files: Readonly<Record<string, string>>;
  /** Tests get the pools as fixtures: `test` is that of `withPools`. By default it is the runner's own. */
  readonly fixtures?: boolean;
  readonly workers: number;
}

/** Milliseconds, long enough for a busy machine. */
const timeout = 30_000;

type Write = (suite: TestFiles) => Record<string, string>;

const writers: Readonly<Record<NamedRunner['name'], Write>> = {
  Vitest: (suite) => ({
    'vitest.config.mjs': `import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [carpool()],
  test: { pool: 'forks', maxWorkers: ${suite.workers}, testTimeout: ${timeout} },
});
`,
    ...named(suite, (file) => `${file}.test.ts`, [
      `import { register, withPools } from '@carpool/vitest';`,
      `import { expect${suite.fixtures ? '' : ', test'} } from 'vitest';`,
      ...importsOf(suite),
      ...(suite.fixtures ? ['const test = withPools();'] : []),
    ]),
  }),

  Jest: (suite) => ({
    'jest.config.cjs': `module.exports = { preset: '@carpool/jest', testTimeout: ${timeout}, maxWorkers: ${suite.workers} };\n`,
    ...named(suite, (file) => `${file}.test.cjs`, [
      `const { register, withPools } = require('@carpool/jest');`,
      ...Object.entries(suite.imports ?? {}).map(([from, names]) => `const ${list(names)} = require('${from}');`),
      `const ${list(suite.exports)} = require('./${basename(suite.module, '.ts')}.cjs');`,
      ...(suite.fixtures ? ['const test = withPools();'] : []),
    ]),
  }),

  'Playwright Test': (suite) => ({
    'playwright.config.mjs': `import { defineConfig } from '@playwright/test';

export default defineConfig({
  globalSetup: '@carpool/playwright/global-setup',
  timeout: ${timeout},
  workers: ${suite.workers},
  // By default it is, and is emptied, where the nearest package.json is: in the results of this very suite.
  outputDir: 'results',
});
`,
    ...named(suite, (file) => `${file}.spec.ts`, [
      `import { expect, register, ${suite.fixtures ? 'withPools' : 'test'} } from '@carpool/playwright';`,
      ...importsOf(suite),
      ...(suite.fixtures ? [`import config from './carpool.config.mjs';`, 'const test = withPools(config);'] : []),
    ]),
  }),
};

/** File name → text. */
export function testFiles(runner: NamedRunner['name'], suite: TestFiles): Record<string, string> {
  return writers[runner](suite);
}

const list = (names: readonly string[]): string => `{ ${names.join(', ')} }`;

const importsOf = ({ module, exports, imports = {} }: TestFiles): string[] =>
  Object.entries({ ...imports, [`./${basename(module)}`]: exports }).map(
    ([from, names]) => `import ${list(names)} from '${from}';`,
  );

const named = ({ files }: TestFiles, name: (file: string) => string, head: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([file, body]) => [name(file), `${head.join('\n')}\n\n${body}\n`]));
