/** A project with golden files under each runner. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { Project as FixtureProject, readJestLike, type RunnerFacts } from '@carpool/test-harness';
import { readPlaywright } from '@carpool/test-harness/playwright';
import { home, modules } from './home.ts';

const projects = join(import.meta.dirname, 'projects');

/** One way to run the tests. */
export interface Runner extends RunnerFacts {
  readonly name: string;
  /** The folder of its project. */
  readonly project: string;
  /** The name of its test file, and with it of the folder of its golden files. */
  readonly testFile: string;
  /** Arguments of its command that come first. */
  readonly first: readonly string[];
  /** Where the files of a failure are, from the folder of the project, as a pattern. */
  readonly failures: string;
  readonly accept: string;
  /** What it prints of the pictures that a failure has added to its report. */
  readonly reports: RegExp;
}

const jest = {
  home,
  command: (args: readonly string[], results: string) => [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(modules, 'jest/bin/jest.js'),
    '--no-watchman',
    `--cacheDirectory=${join(home, 'jest-cache')}`,
    '--json',
    `--outputFile=${results}`,
    ...args,
  ],
  env: () => ({ NODE_COMPILE_CACHE: undefined }),
  leaves: /^node-compile-cache$/,
  read: readJestLike,
  complaint: /failed to exit gracefully|did not exit/,
  first: [],
  failures: '__goldens__/*/failed',
  accept: 'Jest with -u',
  // It has no attachments.
  reports: /difference: .*whole\.headless-diff\.png/,
} satisfies Partial<Runner>;

export const runners: readonly Runner[] = [
  {
    name: 'Vitest',
    project: 'vitest',
    testFile: 'counter.test.mjs',
    home,
    command: (args, results) => [
      join(modules, 'vitest/vitest.mjs'),
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${results}`,
    ],
    read: readJestLike,
    complaint: /Unhandled|Something went wrong|close timed out/,
    leaves: /^[\w-]{21}$/,
    first: ['run'],
    failures: '__goldens__/*/failed',
    accept: 'Vitest with -u',
    reports: /↳ whole\.headless-expected\.png\s+↳ whole\.headless-actual\.png\s+↳ whole\.headless-diff\.png/,
  },
  { ...jest, name: 'Jest, CommonJS', project: 'jest', testFile: 'counter.test.js' },
  { ...jest, name: 'Jest, ES modules', project: 'jest-modules', testFile: 'counter.test.mjs' },
  {
    name: 'Playwright',
    project: 'playwright',
    testFile: 'counter.spec.mjs',
    home,
    command: (args) => [join(modules, '@playwright/test/cli.js'), ...args, '--reporter=list,json'],
    env: (results) => ({
      PLAYWRIGHT_JSON_OUTPUT_FILE: results,
      PWTEST_CACHE_DIR: join(home, 'playwright-cache'),
      NO_COLOR: undefined,
      FORCE_COLOR: '0',
    }),
    read: readPlaywright,
    complaint: /Internal error/,
    first: ['test'],
    failures: 'test-results/*',
    accept: 'Playwright with -u',
    // As a comparison of pictures, which its HTML report shows side by side.
    reports: /whole\.headless \(image\/png\).*\s+Expected: .*expected.*\s+Received: .*actual.*\s+Diff: .*diff/,
  },
];

/** The project of a runner. */
export class Project extends FixtureProject {
  constructor({ project, ...runner }: Runner) {
    super(
      runner,
      project,
      ['shared', project].map((source) => join(projects, source)),
    );
  }

  /** Paths below the folder of the project, in order. */
  files(pattern: string): readonly string[] {
    return globSync(pattern, { cwd: this.folder }).toSorted();
  }

  /** What the app shows from now on. */
  show(look: { readonly count: number }): void {
    this.write('look.json', JSON.stringify(look));
  }
}
