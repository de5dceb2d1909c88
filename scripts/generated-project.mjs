// `carpool init` in a project that the generator of its tools has just made, with the answers that the generator has by
// default, and the test that it writes: check-install.mjs runs it with the packed tarballs.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const add = ['npm', 'install', '--save-dev', '--no-audit', '--no-fund'];

/** Without these answers it asks, and has no option that says not to. They are its defaults. */
const answers = {
  scripts: true,
  useTypescript: false,
  environment: 'node',
  coverage: false,
  coverageProvider: 'v8',
  clearMocks: false,
};
const createJest = `
const prompts = require(require.resolve('prompts', { paths: [require.resolve('create-jest')] }));
prompts.override(${JSON.stringify(answers)});
require('create-jest').runCLI();
`;

/**
 * `make` makes a project in an empty folder, and returns what is its root; `runner` is what has to be of the version that
 * the workspace has. `config` is edited, or made, and `passed` says how many tests pass. `after`: it has to work, too.
 */
export const generators = [
  {
    name: 'create-vite',
    adapter: 'vitest-adapter',
    async make({ folder, execute }) {
      const options = ['--template', 'vanilla-ts', '--no-interactive'];
      await execute(['npm', 'create', '-y', 'vite@9.3.0', 'app', '--', ...options], folder);
      return join(folder, 'app');
    },
    config: 'vitest.config.ts',
    contains: '@carpool/vitest/config',
    passed: 1,
    // It compiles all that is in `src`, as strictly as the template does.
    after: ['npm', 'run', 'build'],
  },
  {
    name: 'create-jest',
    adapter: 'jest-adapter',
    runner: 'jest',
    async make({ folder, execute, version }) {
      writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
      await execute([...add, `jest@${version}`, `create-jest@${version}`], folder);
      await execute([process.execPath, '-e', createJest], folder);
      return folder;
    },
    config: 'jest.config.js',
    contains: 'preset: "@carpool/jest"',
    passed: 1,
    after: ['npm', 'test'],
  },
  {
    name: 'create-playwright',
    adapter: 'playwright-fixture',
    runner: '@playwright/test',
    async make({ folder, execute }) {
      const options = ['--quiet', '--no-browsers'];
      await execute(['npm', 'init', '-y', 'playwright@1.17.139', 'app', '--', ...options], folder);
      return join(folder, 'app');
    },
    config: 'playwright.config.ts',
    contains: '@carpool/playwright/global-setup',
    // Its config has a project for each of three browsers, which this test does not use.
    passed: 3,
  },
];

/** @param out a folder that is removed. @param version of the runner, as the workspace has it */
export async function initializeGenerated(generator, { out, tarballs, execute, version }) {
  const { adapter, runner, make, config, contains, passed, after } = generator;
  const folder = mkdtempSync(join(out, 'generated-'));
  const project = await make({ folder, execute, version });
  const wanted = runner === undefined ? [] : [`${runner}@${version}`];
  await execute([...add, ...wanted, `file:${tarballs.carpool}`, `file:${tarballs[adapter]}`], project);
  const init = ['npx', '--no', '--', 'carpool', 'init', '--yes'];
  const { stderr } = await execute(init, project);
  const [, command] = /^Run it: npx (.*)$/m.exec(stderr) ?? [];
  if (command === undefined) throw new Error(`No test is named:\n${stderr}`);
  const text = readFileSync(join(project, config), 'utf8');
  if (!text.includes(contains)) throw new Error(`${config} has no ${contains}:\n${text}`);
  // Playwright's report of a failure, in the config that is made, is a server that ends with a Ctrl-C.
  const ran = await execute(['npx', '--no', '--', ...command.split(' ')], project, { PLAYWRIGHT_HTML_OPEN: 'never' });
  const count = /\b(\d+) passed/g;
  const counts = [...`${ran.stdout}${ran.stderr}`.matchAll(count)].map(([, number]) => Number(number));
  if (!counts.includes(passed)) throw new Error(`${passed} tests have not passed:\n${ran.stdout}${ran.stderr}`);
  if (after !== undefined) await execute(after, project);
  const again = await execute(init, project);
  if (!again.stderr.includes('everything is there already'))
    throw new Error(`A second time it changes something:\n${again.stdout}${again.stderr}`);
}
