/** The shop of docs/debugging.md, laid out for a runner and run once: six tests of it fail. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project, type Outcome } from '@carpool/test-harness';
import type { Runner } from '../runners/runner.ts';
import { excerpts, type Excerpts } from './output.ts';
import { failures } from './failures.ts';

const parts = (folder: string): string => join(import.meta.dirname, folder);

interface Syntax {
  /** File name → text: what a user of the runner writes besides the tests. */
  readonly files: Readonly<Record<string, string>>;
  /** The name of a test file. */
  named(file: string): string;
  /** A test file, which is an ES module. */
  written(text: string): string;
}

/** Three files of tests, of which two need each other's locks at the same time. */
const workers = 3;

const syntaxes: Readonly<Record<string, Syntax>> = {
  Vitest: {
    files: {
      'vitest.config.js': `import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({ plugins: [carpool()], test: { maxWorkers: ${workers} } });
`,
      'fixtures.js': `import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

export const test = withPools(config);
export { register } from '@carpool/vitest';
export { expect } from 'vitest';
`,
    },
    named: (file) => `${file}.test.js`,
    written: (text) => text,
  },
  Jest: {
    files: {
      'jest.config.js': `export default { preset: '@carpool/jest', maxWorkers: ${workers}, cacheDirectory: '../jest-cache' };\n`,
      'fixtures.cjs': `const { register, withPools } = require('@carpool/jest');

module.exports = { expect, register, test: withPools() };
`,
    },
    named: (file) => `${file}.test.cjs`,
    written: (text) =>
      text.replaceAll(
        /^import (\{.*\}) from '(.*?)(?:\.js)?';$/gm,
        (_, names, from) => `const ${names} = require('${from}');`,
      ),
  },
  'Playwright Test': {
    files: {
      'playwright.config.js': `import { defineConfig } from '@playwright/test';

export default defineConfig({
  globalSetup: '@carpool/playwright/global-setup',
  workers: ${workers},
  timeout: 5_000,
});
`,
      'fixtures.js': `import { withPools } from '@carpool/playwright';
import config from './carpool.config.ts';

export const test = withPools(config);
export { expect, register } from '@carpool/playwright';
`,
    },
    named: (file) => `${file}.spec.js`,
    written: (text) => text,
  },
};

export interface Shown {
  readonly outcome: Outcome;
  /** What the runner printed of each failure. */
  readonly excerpts: Excerpts;
}

/** @throws if a test has another outcome than that of the page */
export async function runShop(runner: Runner): Promise<Shown> {
  const syntax = syntaxes[runner.name];
  if (syntax === undefined) throw new Error(`There is no shop for ${runner.name}`);
  using project = new Project(runner, `shop-${runner.name.split(' ')[0]?.toLowerCase() ?? ''}`, [parts('project')]);
  for (const [file, text] of Object.entries(syntax.files)) project.write(file, text);
  for (const file of ['cart', 'sale', 'refund']) {
    project.write(syntax.named(file), syntax.written(readFileSync(join(parts('tests'), `${file}.js`), 'utf8')));
  }
  const outcome = await project.run(runner.all);
  const failed = outcome.tests.filter(({ status }) => status === 'failed').map(({ title }) => title);
  const wanted = failures.map(({ test }) => test);
  if (failed.toSorted().join() !== wanted.toSorted().join() || outcome.tests.length !== wanted.length + 1) {
    throw new Error(`Other tests of the shop than those of the page have failed:\n${outcome.output}`);
  }
  return { outcome, excerpts: excerpts(runner.name, outcome.output, project.folder) };
}
