import { once } from 'node:events';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { patience } from '../contract/files.ts';
import type { Running } from '../harness/project.ts';
import { bodiesOf, givenTo, words, type Runner, type TestResult } from './runner.ts';

const head = (module: string): string => `import { withPools } from '@carpool/playwright';
import config from './carpool.config.mjs';
${bodiesOf(module)}
const test = withPools(config);
`;

export const playwright: Runner = {
  name: 'Playwright Test',

  files: {
    'playwright.config.mjs': `import { defineConfig } from '@playwright/test';

export default defineConfig({
  globalSetup: '@carpool/playwright/global-setup',
  timeout: ${patience},
  workers: 3,
});
`,
  },

  modes: [
    { name: 'several workers', args: [] },
    { name: 'one worker', args: ['--workers=1'] },
  ],

  render({ name, module = 'bodies.cjs', tests, concurrent = false, retries = 0 }) {
    const lines = tests.map((spec) => {
      const { name: title, body, timeout = patience } = spec;
      const [parameters, argument] = givenTo(spec);
      return [
        `test(${words(title)}, async (${parameters}) => {`,
        `  test.setTimeout(${timeout});`,
        `  await bodies.${body}(${argument}, ${words(name)});`,
        '});',
      ].join('\n');
    });
    const mode = `test.describe.configure({ mode: '${concurrent ? 'parallel' : 'default'}', retries: ${retries} });`;
    return [`${name}.spec.mjs`, [head(module), mode, ...lines, ''].join('\n')];
  },

  command: (modules, _results, args = []) => [
    join(modules, '@playwright/test/cli.js'),
    'test',
    '--reporter=list,json',
    ...args,
  ],

  env: (results) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: results }),

  read: (json) => (json as JsonSuite).suites?.flatMap(testsIn) ?? [],

  /** It watches no files; its UI and editors keep one process, the test server, and tell it what to run. */
  async rerun(project) {
    const running = project.start([join(project.modules, '@playwright/test/cli.js'), 'test-server']);
    const call = await connect(running);
    await call('initialize', { closeOnDisconnect: true });
    await call('runGlobalSetup');
    await call('runTests');
    project.touch('watch.spec.mjs');
    await call('runTests');
    await call.close();
    project.left.push(...(await running.outcome).left);
  },
};

/** As its UI speaks with it: JSON over a WebSocket. */
async function connect(running: Running) {
  const [, address = ''] = await running.until(/Listening on (ws:\S+)/);
  const socket = new WebSocket(address);
  const waiting = new Map<number, (answer: { readonly error?: unknown }) => void>();
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as { readonly id?: number; readonly error?: unknown };
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  await once(socket, 'open');
  const call = async (method: string, params: object = {}): Promise<void> => {
    const id = waiting.size + 1;
    const answered = new Promise<{ readonly error?: unknown }>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params }));
    const { error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
  };
  const close = async (): Promise<void> => {
    await call('runGlobalTeardown');
    socket.close();
  };
  return Object.assign(call, { close });
}

interface JsonSuite {
  readonly suites?: readonly JsonSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly file: string;
    readonly tests: readonly {
      readonly status: string;
      readonly results: readonly { readonly errors: readonly { readonly message?: string }[] }[];
    }[];
  }[];
}

function testsIn({ suites = [], specs = [] }: JsonSuite): TestResult[] {
  const own = specs.flatMap(({ title, file, tests }) =>
    tests.map(({ status, results }) => ({
      file: basename(file).split('.')[0] ?? '',
      name: title,
      // "flaky": it passed when it was tried again.
      status: status === 'unexpected' ? ('failed' as const) : ('passed' as const),
      messages: (results.at(-1)?.errors ?? []).map(({ message = '' }) => stripVTControlCharacters(message)),
    })),
  );
  return [...own, ...suites.flatMap(testsIn)];
}
