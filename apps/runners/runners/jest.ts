import { basename, join } from 'node:path';
import { patience } from '../contract/files.ts';
import { words, type Runner, type TestResult } from './runner.ts';

const head = `const { createTest } = require('@carpool/jest');
const bodies = require('./bodies.cjs');

const test = createTest();
`;

const command = (modules: string): string[] => [join(modules, 'jest/bin/jest.js'), '--no-watchman', '--maxWorkers=3'];

export const jest: Runner = {
  name: 'Jest',

  files: {
    'jest.config.js': `module.exports = { preset: '@carpool/jest', testTimeout: ${patience}, cacheDirectory: '../jest-cache' };\n`,
  },

  render({ name, tests, concurrent = false, retries = 0 }) {
    const lines = tests.map(
      ({ name: title, fixture, body, timeout = patience }) =>
        `test${concurrent ? '.concurrent' : ''}(${words(title)}, ({ ${fixture} }) => bodies.${body}(${fixture}, ${words(name)}), ${timeout});`,
    );
    return [`${name}.test.js`, [head, `jest.retryTimes(${retries});`, ...lines, ''].join('\n')];
  },

  command: (modules, results) => [...command(modules), '--json', `--outputFile=${results}`],

  read: readJestLike,

  async rerun(project) {
    const running = project.start([...command(project.modules), '--watchAll']);
    await running.until(/carpool: echo: .*/);
    project.touch('watch.test.js');
    await project.noted('watch', 2);
    running.interrupt();
    project.left.push(...(await running.outcome).left);
  },
};

interface JestJson {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** Vitest writes the same. */
export function readJestLike(json: unknown): TestResult[] {
  return (json as JestJson).testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ title, status, failureMessages }) => ({
      file: basename(name).split('.')[0] ?? '',
      name: title,
      status: status === 'passed' ? 'passed' : 'failed',
      messages: failureMessages ?? [],
    })),
  );
}
