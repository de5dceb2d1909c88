import { join } from 'node:path';
import { readJestLike } from '@carpool/test-harness';
import { defaultTimeout } from '../contract/files.ts';
import { home, modules } from '../home.ts';
import { givenTo, words, type Runner } from './runner.ts';

const head = (module: string, options: string): string => `const { withPools } = require('@carpool/jest');
const bodies = require('./${module}');

const test = withPools(${options});
`;

/** Only an ES module can load an ES module here. */
const moduleHead = (module: string, options: string): string => `import { jest } from '@jest/globals';
import { withPools } from '@carpool/jest';
import bodies from './${module}';

const test = withPools(${options});
`;

export const jest: Runner = {
  name: 'Jest',

  files: {
    'jest.config.js': `module.exports = { preset: '@carpool/jest', testTimeout: ${defaultTimeout}, maxWorkers: 3, cacheDirectory: '../jest-cache' };\n`,
  },

  all: [],

  modes: [
    { name: 'processes', args: [] },
    { name: 'threads', args: ['--maxWorkers=3', '--workerThreads'] },
    { name: 'in band', args: ['--runInBand'] },
  ],

  render({ name, module = 'bodies.cjs', options = '', tests, concurrent = false, retries = 0 }) {
    const lines = tests.map((spec) => {
      const { name: title, body, timeout = defaultTimeout } = spec;
      const [parameters, argument] = givenTo(spec);
      return `test${concurrent ? '.concurrent' : ''}(${words(title)}, (${parameters}) => bodies.${body}(${argument}, ${words(name)}), ${timeout});`;
    });
    const [extension, first] = module.endsWith('.mjs')
      ? ['mjs', moduleHead(module, options)]
      : ['js', head(module, options)];
    return [`${name}.test.${extension}`, [first, `jest.retryTimes(${retries});`, ...lines, ''].join('\n')];
  },

  home,

  command: (args, results) => [
    // For tests that are ES modules.
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(modules, 'jest/bin/jest.js'),
    '--no-watchman',
    ...args,
    ...(args.includes('--watchAll') ? [] : ['--json', `--outputFile=${results}`]),
  ],

  // Every worker would fill it at its end, for which Jest waits half a second. The host makes one where it does by default.
  env: () => ({ NODE_COMPILE_CACHE: undefined }),
  leaves: /^node-compile-cache$/,

  read: readJestLike,

  complaint: /failed to exit gracefully|did not exit/,

  async rerun(project) {
    const running = project.start(['--watchAll']);
    await running.until(/carpool: echo: .*/);
    project.touch('watch.test.js');
    await project.noted('watch', 2);
    running.kill('SIGINT');
    return await running.outcome;
  },
};
