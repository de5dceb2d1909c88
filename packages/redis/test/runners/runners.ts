/** One small project for each runner: databases through a host. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Project, readJestLike, type RunnerFacts } from '@carpool/test-harness';
import { readPlaywright } from '@carpool/test-harness/playwright';

export interface Runner extends RunnerFacts {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Arguments of a run of all files. */
  readonly all: readonly string[];
}

const home = join(import.meta.dirname, '../../.tmp');
mkdirSync(home, { recursive: true });

const { resolve } = createRequire(import.meta.url);
const program = (name: string, file: string): string => join(dirname(resolve(`${name}/package.json`)), file);

/** Milliseconds, long enough for a busy machine. */
const timeout = 30_000;

/** The tests of two files, which share a server, and of a third that kills its own. */
const bodies = {
  a: `
test('begins with nothing', async ({ db }) => {
  expect(await keys(db)).toEqual([]);
  await set(db, 'a');
  expect(await keys(db)).toEqual(['a']);
});
test('is alone', async ({ db }) => {
  expect(await keys(db)).toEqual([]);
});
test('must fail: leaves a connection open', async ({ db }) => {
  await leave(db);
});
test('is not disturbed by what another test has left', async ({ db }) => {
  expect(await keys(db)).toEqual([]);
});
`,
  b: `
test('shares the server, and nothing else', async ({ db }) => {
  await set(db, 'b');
  expect(await keys(db)).toEqual(['b']);
});
`,
  mortal: `
test('must fail: its server is killed', async ({ mortal }) => {
  await killServer(mortal);
});
test('has a new server', async ({ mortal }) => {
  expect(await keys(mortal)).toEqual([]);
});
`,
};

const shop = (exported: string): string => `
async function using(db, work) {
  const client = new Redis(db.opened);
  const [, folder] = await client.config('GET', 'dir');
  appendFileSync(join(__home, 'seen.jsonl'), JSON.stringify({ ...db.opened, folder }) + '\\n');
  const result = await work(client);
  await client.quit();
  return result;
}
const keys = (db) => using(db, (client) => client.keys('*'));
const set = (db, key) => using(db, (client) => client.set(key, 'x'));
async function leave(db) {
  const client = new Redis({ ...db.opened, connectionName: 'forgetful' });
  await client.set('forgotten', 'x');
  // Else the worker of Jest does not end.
  client.stream.unref();
}
async function killServer(db) {
  const info = await using(db, (client) => client.info('server'));
  process.kill(Number(/process_id:(\\d+)/.exec(info)[1]), 'SIGKILL');
  await db.closed;
}
${exported} { keys, set, leave, killServer };
`;

const modules = `import { Redis } from 'ioredis';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
const __home = import.meta.dirname;
${shop('export')}`;

const commonJs = `const { Redis } = require('ioredis');
const { appendFileSync } = require('node:fs');
const { join } = require('node:path');
const __home = __dirname;
${shop('module.exports =')}`;

const config = `import { redis } from '@carpool/redis';
import { defineConfig } from 'carpool';

export default defineConfig({ pools: { db: redis({ diagnostics: 'fail' }), mortal: redis() } });
`;

const testFiles = (head: string, extension: string): Record<string, string> =>
  Object.fromEntries(Object.entries(bodies).map(([name, body]) => [`${name}.${extension}`, head + body]));

const vitest: Runner = {
  name: 'Vitest',
  files: {
    'vitest.config.mjs': `import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({ plugins: [carpool()], test: { maxWorkers: 2, testTimeout: ${timeout} } });
`,
    'shop.mjs': modules,
    ...testFiles(
      `import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import { keys, killServer, leave, set } from './shop.mjs';
const test = withPools();
`,
      'test.mjs',
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
  complaint: /Unhandled|Something went wrong|close timed out/,
};

const jest: Runner = {
  name: 'Jest',
  files: {
    'jest.config.cjs': `module.exports = { preset: '@carpool/jest', testTimeout: ${timeout}, maxWorkers: 2, cacheDirectory: '../jest-cache' };\n`,
    'shop.cjs': commonJs,
    ...testFiles(
      `const { withPools } = require('@carpool/jest');
const { keys, killServer, leave, set } = require('./shop.cjs');
const test = withPools();
`,
      'test.cjs',
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
  workers: 2,
  outputDir: 'results',
});
`,
    'shop.mjs': modules,
    ...testFiles(
      `import { withPools, expect } from '@carpool/playwright';
import config from './carpool.config.mjs';
import { keys, killServer, leave, set } from './shop.mjs';
const test = withPools(config);
`,
      'spec.mjs',
    ),
  },
  all: ['test', '--reporter=list,json'],
  home,
  command: (args) => [program('@playwright/test', 'cli.js'), ...args],
  env: (results) => ({
    PLAYWRIGHT_JSON_OUTPUT_FILE: results,
    PWTEST_CACHE_DIR: join(home, 'playwright-cache'),
    NO_COLOR: undefined,
    FORCE_COLOR: '0',
  }),
  read: readPlaywright,
  complaint: /Internal error/,
  leaves: /^playwright-/,
};

export const runners: readonly Runner[] = [vitest, jest, playwright];

/** Its folder is inside of this package, so that it finds the package by its name, and what it needs besides. */
export function layOut(runner: Runner): Project {
  const project = new Project(runner, `runners-${runner.name.split(' ')[0]?.toLowerCase()}`, []);
  for (const [file, text] of Object.entries({ 'carpool.config.mjs': config, ...runner.files }))
    project.write(file, text);
  return project;
}
