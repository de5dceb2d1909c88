import { basename, join } from 'node:path';
import { patience } from '../contract/files.ts';
import { givenTo, words, type Runner, type TestResult } from './runner.ts';

const head = (module: string): string => `const { withPools } = require('@carpool/jest');
const bodies = require('./${module}');

const test = withPools();
`;

/** What is an ES module can only be loaded by one. */
const moduleHead = (module: string): string => `import { jest } from '@jest/globals';
import { withPools } from '@carpool/jest';
import bodies from './${module}';

const test = withPools();
`;

const command = (modules: string, args: readonly string[] = ['--maxWorkers=3']): string[] => [
  // For tests that are ES modules.
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join(modules, 'jest/bin/jest.js'),
  '--no-watchman',
  ...args,
];

export const jest: Runner = {
  name: 'Jest',

  files: {
    'jest.config.js': `module.exports = { preset: '@carpool/jest', testTimeout: ${patience}, cacheDirectory: '../jest-cache' };\n`,
  },

  modes: [
    { name: 'processes', args: ['--maxWorkers=3'] },
    { name: 'threads', args: ['--maxWorkers=3', '--workerThreads'] },
    { name: 'in band', args: ['--runInBand'] },
  ],

  render({ name, module = 'bodies.cjs', tests, concurrent = false, retries = 0 }) {
    const lines = tests.map((spec) => {
      const { name: title, body, timeout = patience } = spec;
      const [parameters, argument] = givenTo(spec);
      return `test${concurrent ? '.concurrent' : ''}(${words(title)}, (${parameters}) => bodies.${body}(${argument}, ${words(name)}), ${timeout});`;
    });
    const [extension, first] = module.endsWith('.mjs') ? ['mjs', moduleHead(module)] : ['js', head(module)];
    return [`${name}.test.${extension}`, [first, `jest.retryTimes(${retries});`, ...lines, ''].join('\n')];
  },

  command: (modules, results, args) => [...command(modules, args), '--json', `--outputFile=${results}`],

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
