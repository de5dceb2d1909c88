import { join } from 'node:path';
import { readJestLike } from '@carpool/test-harness';
import { defaultTimeout } from '../contract/files.ts';
import { home, modules } from '../home.ts';
import { bodiesOf, givenTo, words, type Runner } from './runner.ts';

const head = (module: string, options?: string): string => `import { withPools } from '@carpool/vitest';
import { describe } from 'vitest';
import config from './carpool.config.mjs';
${bodiesOf(module)}
const test = withPools(config${options === undefined ? '' : `, ${options}`});
`;

export const vitest: Runner = {
  name: 'Vitest',

  files: {
    'vitest.config.mjs': `import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [carpool()],
  test: { testTimeout: ${defaultTimeout}, maxWorkers: 3 },
});
`,
  },

  all: ['run'],

  modes: [
    { name: 'forks', args: ['--pool=forks'] },
    { name: 'threads', args: ['--pool=threads'] },
    { name: 'without isolation', args: ['--pool=forks', '--no-isolate', '--maxWorkers=1'] },
  ],

  render({ name, module = 'bodies.cjs', options, tests, concurrent = false, retries = 0 }) {
    const lines = tests.map((spec) => {
      const { name: title, body, timeout = defaultTimeout } = spec;
      const [parameters, argument] = givenTo(spec);
      return `  test(${words(title)}, { timeout: ${timeout} }, (${parameters}) => bodies.${body}(${argument}, ${words(name)}));`;
    });
    const suite = `describe(${words(name)}, { concurrent: ${concurrent}, retry: ${retries} }, () => {`;
    return [`${name}.test.mjs`, [head(module, options), suite, ...lines, '});', ''].join('\n')];
  },

  home,

  command: (args, results) => [
    join(modules, 'vitest/vitest.mjs'),
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
  ],

  read: readJestLike,

  complaint: /Something went wrong|close timed out/,

  // Vitest leaves a cache if it is interrupted.
  leaves: /^[\w-]{21}$/,

  async rerun(project) {
    const running = project.start(['watch']);
    await running.until(/Waiting for file changes/);
    project.touch('watch.test.mjs');
    await project.noted('watch', 2);
    running.kill('SIGINT');
    return await running.outcome;
  },
};
