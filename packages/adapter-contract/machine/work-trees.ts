/** A repository whose work trees hold the same project, with tests for each of the three runners. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtures } from '@carpool/test-harness';

/** The bodies of a file, in their order: see project/bodies.cjs. */
const bodies = [
  'takes the lock',
  'takes permits',
  'reads or writes',
  'prints',
  'listens',
  'logs in',
  'knows the image',
];
/** What the run after all others does. */
const last = 'finds all of it free';
const letters = ['a', 'b'];
const rounds = [1, 2];
/** Milliseconds of a test: more than the waits for what others hold. */
const timeout = 60_000;

/** How many tests a run has. */
export const testsOfARun: number = bodies.length * rounds.length * letters.length;
/** About so many lines a run writes: its config, and for each test its begin and end, what it holds, and its session. */
export const linesOfARun: number = 2 + testsOfARun * 6;

/** How a runner writes its tests. Those of `all` and those of `after` are in folders of their own. */
const kinds = {
  vitest: {
    extension: 'test.mjs',
    head: `import { createRequire } from 'node:module';
import { withPools } from '@carpool/vitest';

const { run } = createRequire(import.meta.url)('../../bodies.cjs');
const test = withPools();`,
    config: [
      'vitest.config.mjs',
      `import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [carpool()],
  test: { include: ['vitest/**/*.test.mjs'], pool: 'forks', maxWorkers: 2, testTimeout: ${timeout} },
});
`,
    ],
  },
  jest: {
    extension: 'test.js',
    head: `const { withPools } = require('@carpool/jest');
const { run } = require('../../bodies.cjs');

const test = withPools();`,
    config: [
      'jest.config.cjs',
      `module.exports = { preset: '@carpool/jest', roots: ['<rootDir>/jest'], cacheDirectory: '../../jest-cache', maxWorkers: 2, testTimeout: ${timeout} };\n`,
    ],
  },
  playwright: {
    extension: 'spec.mjs',
    head: `import { createRequire } from 'node:module';
import { withPools } from '@carpool/playwright';
import config from '../../carpool.config.mjs';

const { run } = createRequire(import.meta.url)('../../bodies.cjs');
const test = withPools(config);`,
    config: [
      'playwright.config.mjs',
      `import { defineConfig } from '@playwright/test';

export default defineConfig({
  globalSetup: '@carpool/playwright/global-setup',
  testDir: 'playwright',
  timeout: ${timeout},
  workers: 2,
  // Each failure costs it a worker. Without the host all tests fail.
  maxFailures: 6,
});
`,
    ],
  },
} as const;

export type Kind = keyof typeof kinds;

/** Runner → arguments for the tests of `all` or of `after`. */
export const argsOf: Readonly<Record<Kind, (folder: 'all' | 'after') => readonly string[]>> = {
  vitest: (folder) => ['run', `vitest/${folder}/`],
  jest: (folder) => [`jest/${folder}/`],
  playwright: (folder) => ['test', `playwright/${folder}/`, '--reporter=list,json'],
};

/** Makes the repository in this folder, and a work tree of a branch of its own for each of these names. @returns their folders */
export function makeWorkTrees(folder: string, names: readonly string[]): string[] {
  const repository = join(folder, 'repository');
  mkdirSync(repository);
  const git = (...args: readonly string[]): void => {
    const own = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', HOME: folder };
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'init.defaultBranch=main'];
    execFileSync('git', [...who, ...args], { cwd: repository, env: { PATH: process.env['PATH'], ...own } });
  };
  cpSync(join(import.meta.dirname, 'project'), repository, { recursive: true });
  cpSync(join(fixtures, 'child.mjs'), join(repository, 'child.mjs'));
  const write = (file: string, text: string): void => writeFileSync(join(repository, file), text);
  write('package.json', '{ "private": true }\n');
  for (const [kind, { extension, head, config }] of Object.entries(kinds)) {
    write(config[0], config[1]);
    for (const part of ['all', 'after']) mkdirSync(join(repository, kind, part), { recursive: true });
    for (const letter of letters) {
      const tests = rounds.flatMap((round) => bodies.map((body) => testOf(body, `${body} ${round} (${letter})`)));
      write(`${kind}/all/${letter}.${extension}`, [head, '', ...tests, ''].join('\n'));
    }
    write(`${kind}/after/after.${extension}`, [head, '', testOf(last, last), ''].join('\n'));
  }
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'a project');
  return names.map((name) => {
    git('worktree', 'add', '--quiet', '-b', `branch-of-${name}`, join(folder, name));
    return join(folder, name);
  });
}

function testOf(body: string, title: string): string {
  const given = body === 'prints' ? '{ carpool, printer }' : '{ carpool }';
  const [quotedBody, quotedTitle] = [body, title].map((text) => JSON.stringify(text));
  return `test(${quotedTitle}, (${given}) => run(${quotedBody}, ${given}, ${quotedTitle}));`;
}
