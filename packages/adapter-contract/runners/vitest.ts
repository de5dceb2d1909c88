import { join } from 'node:path';
import { patience } from '../contract/files.ts';
import { readJestLike } from './jest.ts';
import { bodiesOf, givenTo, words, type Runner } from './runner.ts';

const head = (module: string): string => `import { withPools } from '@carpool/vitest';
import { describe } from 'vitest';
import config from './carpool.config.mjs';
${bodiesOf(module)}
const test = withPools(config);
`;

export const vitest: Runner = {
  name: 'Vitest',

  files: {
    'vitest.config.mjs': `import { carpool } from '@carpool/vitest/plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [carpool()],
  test: { testTimeout: ${patience}, maxWorkers: 3 },
});
`,
  },

  modes: [
    { name: 'forks', args: ['--pool=forks'] },
    { name: 'threads', args: ['--pool=threads'] },
    { name: 'without isolation', args: ['--pool=forks', '--no-isolate', '--maxWorkers=1'] },
  ],

  render({ name, module = 'bodies.cjs', tests, concurrent = false, retries = 0 }) {
    const lines = tests.map((spec) => {
      const { name: title, body, timeout = patience } = spec;
      const [parameters, argument] = givenTo(spec);
      return `  test(${words(title)}, { timeout: ${timeout} }, (${parameters}) => bodies.${body}(${argument}, ${words(name)}));`;
    });
    const suite = `describe(${words(name)}, { concurrent: ${concurrent}, retry: ${retries} }, () => {`;
    return [`${name}.test.mjs`, [head(module), suite, ...lines, '});', ''].join('\n')];
  },

  command: (modules, results, args = []) => [
    join(modules, 'vitest/vitest.mjs'),
    'run',
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
  ],

  read: readJestLike,

  async rerun(project) {
    const running = project.start([join(project.modules, 'vitest/vitest.mjs'), 'watch']);
    await running.until(/Waiting for file changes/);
    project.touch('watch.test.mjs');
    await project.noted('watch', 2);
    running.interrupt();
    project.left.push(...(await running.outcome).left);
  },
};
