import { join } from 'node:path';
import { patience } from '../contract/files.ts';
import { readJestLike } from './jest.ts';
import { words, type Runner } from './runner.ts';

const head = `import { createRequire } from 'node:module';
import { createTest } from '@carpool/vitest';
import { describe } from 'vitest';
import config from './carpool.config.mjs';

const bodies = createRequire(import.meta.url)('./bodies.cjs');
const test = createTest(config);
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

  render({ name, tests, concurrent = false, retries = 0 }) {
    const lines = tests.map(
      ({ name: title, fixture, body, timeout = patience }) =>
        `  test(${words(title)}, { timeout: ${timeout} }, ({ ${fixture} }) => bodies.${body}(${fixture}, ${words(name)}));`,
    );
    const suite = `describe(${words(name)}, { concurrent: ${concurrent}, retry: ${retries} }, () => {`;
    return [`${name}.test.mjs`, [head, suite, ...lines, '});', ''].join('\n')];
  },

  command: (modules, results) => [
    join(modules, 'vitest/vitest.mjs'),
    'run',
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
