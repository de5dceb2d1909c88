import { join } from 'node:path';
import { readPlaywright, TestServer } from '@carpool/test-harness/playwright';
import { defaultTimeout } from '../contract/files.ts';
import { home, modules } from '../home.ts';
import { bodiesOf, givenTo, words, type Runner } from './runner.ts';

const head = (module: string, options?: string): string => `import { withPools } from '@carpool/playwright';
import config from './carpool.config.mjs';
${bodiesOf(module)}
const test = withPools(config${options === undefined ? '' : `, ${options}`});
`;

export const playwright: Runner = {
  name: 'Playwright Test',

  files: {
    'playwright.config.mjs': `import { defineConfig } from '@playwright/test';

export default defineConfig({
  globalSetup: '@carpool/playwright/global-setup',
  timeout: ${defaultTimeout},
  workers: 3,
});
`,
  },

  all: ['test', '--reporter=list,json'],

  modes: [
    { name: 'several workers', args: [] },
    { name: 'one worker', args: ['--workers=1'] },
  ],

  render({ name, module = 'bodies.cjs', options, tests, concurrent = false, retries = 0 }) {
    const lines = tests.map((spec) => {
      const { name: title, body, timeout = defaultTimeout } = spec;
      const [parameters, argument] = givenTo(spec);
      return [
        `test(${words(title)}, async (${parameters}) => {`,
        `  test.setTimeout(${timeout});`,
        `  await bodies.${body}(${argument}, ${words(name)});`,
        '});',
      ].join('\n');
    });
    const mode = `test.describe.configure({ mode: '${concurrent ? 'parallel' : 'default'}', retries: ${retries} });`;
    return [`${name}.spec.mjs`, [head(module, options), mode, ...lines, ''].join('\n')];
  },

  home,

  command: (args) => [join(modules, '@playwright/test/cli.js'), ...args],

  env: (results) => ({
    PLAYWRIGHT_JSON_OUTPUT_FILE: results,
    PWTEST_CACHE_DIR: join(home, 'playwright-cache'),
    // Playwright sets one of the two for its workers, and Node warns where there are both.
    NO_COLOR: undefined,
    FORCE_COLOR: '0',
  }),

  read: readPlaywright,

  complaint: /Internal error/,

  // Playwright leaves its artifacts if it is interrupted.
  leaves: /^playwright-/,

  /** It watches no files; its UI and editors keep one process, the test server, which runs tests on request. */
  async rerun(project) {
    const server = await TestServer.connect(project.start(['test-server']));
    await server.call('runGlobalSetup');
    await server.call('runTests');
    project.touch('watch.spec.mjs');
    await server.call('runTests');
    await server.call('runGlobalTeardown');
    return await server.disconnect();
  },
};
