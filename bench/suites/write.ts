/**
 * Suites that differ in one thing: where their tests find the process that they talk to. Each is a project of its own, in
 * a folder whose `node_modules` is as a user has it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed, layOut } from '@carpool/test-harness';

/** Which runner, and how it runs test files. */
export type SetUp = 'vitest-forks' | 'vitest-threads' | 'jest' | 'playwright';

/**
 * `none`: no child, no Carpool. `unused`: Carpool is configured. `shared`: each test takes a session of one child.
 * `child`: each file starts a child. `by-hand`: one child, shared by a relay of 30 lines. `each`: as `shared`, with a
 * `test` made in each file, where that differs.
 */
export type Contestant = 'none' | 'unused' | 'shared' | 'child' | 'by-hand' | 'each';

/** How large a suite is. */
export interface Size {
  readonly files: number;
  /** In a file. Default 7. */
  readonly tests?: number;
  /** In a test. Default 5. */
  readonly requests?: number;
  /** Milliseconds of processor time that the child needs to start. Default 0. */
  readonly startCost?: number;
}

const here = import.meta.dirname;
const bench = join(here, '..');
/** Projects are laid out in there. */
export const home: string = join(bench, '.tmp');

/** The packages as installed, once for all suites. */
export function layOutPackages(): void {
  rmSync(home, { recursive: true, force: true });
  const folder = (name: string): [string, string] => [name, installed(bench, name)];
  layOut(join(home, 'node_modules'), {
    copied: Object.fromEntries(
      [
        'carpool',
        '@carpool/vitest',
        '@carpool/jest',
        '@carpool/playwright',
        '@carpool/plushie',
        '@carpool/json-rpc',
      ].map(folder),
    ),
    linked: {
      ...Object.fromEntries(['vitest', 'jest', '@playwright/test', '@msgpack/msgpack'].map(folder)),
      'carpool/node_modules': join(installed(bench, 'carpool'), 'node_modules'),
    },
  });
}

/** @returns the folder of the project */
export function writeSuite(setUp: SetUp, contestant: Contestant, size: Size): string {
  const { files, tests = 7, requests = 5, startCost = 0 } = size;
  const name = [setUp, contestant, files, tests, requests, startCost].join('-');
  const folder = join(home, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Most packages are like this: without `"type": "module"`.
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  write('package.json', '{ "name": "suite", "private": true }\n');
  for (const file of ['child', 'start', 'relay', 'client']) {
    const text = readFileSync(join(here, 'support', `${file}.mjs`), 'utf8');
    write(`${file}.mjs`, text);
    write(`${file}.cjs`, toCommonJs(text));
  }
  if (contestant !== 'none') write('carpool.config.mts', carpoolConfig(startCost));
  const runner = { 'vitest-forks': vitest, 'vitest-threads': vitest, jest, playwright }[setUp];
  const parts: Parts = { contestant, tests, body: bodyOf(contestant, requests), startCost };
  for (const [file, text] of Object.entries(runner.project(parts))) write(file, text);
  const text = runner.file(parts);
  for (let number = 1; number <= files; number++) write(`file-${number}.${runner.extension}`, text);
  return folder;
}

/** What Node is given to run the suite once. */
export function argumentsOf(setUp: SetUp): string[] {
  const at = (path: string): string => join(home, 'node_modules', path);
  switch (setUp) {
    case 'vitest-forks':
      return [at('vitest/vitest.mjs'), 'run', '--pool=forks', '--maxWorkers=2'];
    case 'vitest-threads':
      return [at('vitest/vitest.mjs'), 'run', '--pool=threads', '--maxWorkers=2'];
    case 'jest':
      return [at('jest/bin/jest.js'), '--maxWorkers=2', '--ci'];
    case 'playwright':
      return [at('@playwright/test/cli.js'), 'test', '--workers=2', '--reporter=line'];
  }
}

interface Parts {
  readonly contestant: Contestant;
  readonly tests: number;
  readonly body: string;
  readonly startCost: number;
}

/** How a runner's suites are written. */
interface Writer {
  readonly extension: string;
  /** The files beside the tests, by name. */
  project(parts: Parts): Readonly<Record<string, string>>;
  /** One test file. */
  file(parts: Parts): string;
}

function bodyOf(contestant: Contestant, requests: number): string {
  if (contestant === 'none' || contestant === 'unused') return 'expect(1).toBe(1);';
  const exchanges = `for (let at = 0; at < ${requests}; at++) expect((await p.request({ type: 'x', value: at })).value).toBe(at);`;
  return contestant === 'by-hand' ? `const p = relay.session(); ${exchanges} await p.end();` : exchanges;
}

function carpoolConfig(startCost: number): string {
  return `import { defineConfig } from 'carpool';
export default defineConfig({
  pools: {
    p: {
      command: process.execPath,
      args: ['child.mjs', '${startCost}'],
      maxSessions: 8,
      protocol: {
        hello: { expect: { type: 'ready' } },
        close: { send: { type: 'reset' }, expect: { type: 'closed' } },
      },
    },
  },
});
`;
}

function testsOf({ tests, body, contestant }: Parts): string {
  const fixtures = contestant === 'shared' || contestant === 'each' ? '{ p }' : '';
  return Array.from({ length: tests }, (_, at) => `test('${at}', async (${fixtures}) => { ${body} });\n`).join('');
}

const isShared = (contestant: Contestant): boolean => contestant === 'shared' || contestant === 'each';
const hasCarpool = (contestant: Contestant): boolean => contestant === 'unused' || isShared(contestant);

/** The lines between the imports and the tests of a file that starts, or reaches, a child by itself. */
function around({ contestant, startCost }: Parts, port: string): string {
  if (contestant === 'child')
    return `let p;\nbeforeAll(async () => { p = await start('child.mjs', ${startCost}); });\nafterAll(() => p.stop());\n`;
  if (contestant === 'by-hand')
    return `let relay;\nbeforeAll(async () => { relay = await connect(${port}); });\nafterAll(() => relay.close());\n`;
  return '';
}

const vitest: Writer = {
  extension: 'test.ts',
  project({ contestant }) {
    const setup = `import { relay } from './relay.mjs';
export default async function ({ provide }) { const { port, stop } = await relay('child.mjs'); provide('port', port); return stop; }
`;
    const test = contestant === 'by-hand' ? '{ globalSetup: ["./setup.mjs"] }' : '{}';
    const plugins = hasCarpool(contestant) ? '[carpool({ summary: false })]' : '[]';
    const head = hasCarpool(contestant) ? "import { carpool } from '@carpool/vitest/config';\n" : '';
    return {
      'vitest.config.mts': `${head}import { defineConfig } from 'vitest/config';\nexport default defineConfig({ plugins: ${plugins}, test: ${test} });\n`,
      ...(contestant === 'by-hand' ? { 'setup.mjs': setup } : {}),
    };
  },
  file(parts) {
    const { contestant } = parts;
    const head = isShared(contestant)
      ? "import { expect } from 'vitest';\nimport { withPools } from '@carpool/vitest';\nimport config from './carpool.config.mts';\nconst test = withPools(config);\n"
      : contestant === 'child'
        ? "import { test, expect, beforeAll, afterAll } from 'vitest';\nimport { start } from './start.mjs';\n"
        : contestant === 'by-hand'
          ? "import { test, expect, beforeAll, afterAll, inject } from 'vitest';\nimport { connect } from './client.mjs';\n"
          : "import { test, expect } from 'vitest';\n";
    return head + around(parts, "inject('port')") + testsOf(parts);
  },
};

const jest: Writer = {
  extension: 'test.js',
  project({ contestant }) {
    const setup = `const { relay } = require('./relay.cjs');
module.exports = async () => { const { port, stop } = await relay('child.mjs'); process.env.RELAY_PORT = port; globalThis.stopRelay = stop; };
`;
    const part = hasCarpool(contestant)
      ? '...carpool({ summary: false })'
      : contestant === 'by-hand'
        ? "globalSetup: './setup.cjs', globalTeardown: './teardown.cjs'"
        : '';
    const head = hasCarpool(contestant) ? "import { carpool } from '@carpool/jest/config';\n" : '';
    return {
      'jest.config.mjs': `${head}export default { ${part} };\n`,
      ...(contestant === 'by-hand'
        ? { 'setup.cjs': setup, 'teardown.cjs': 'module.exports = () => globalThis.stopRelay();\n' }
        : {}),
    };
  },
  file(parts) {
    const { contestant } = parts;
    const head = isShared(contestant)
      ? "const { withPools } = require('@carpool/jest');\nconst test = withPools();\n"
      : contestant === 'child'
        ? "const { start } = require('./start.cjs');\n"
        : contestant === 'by-hand'
          ? "const { connect } = require('./client.cjs');\n"
          : '';
    return head + around(parts, 'process.env.RELAY_PORT') + testsOf(parts);
  },
};

const playwright: Writer = {
  extension: 'spec.ts',
  project({ contestant }) {
    const setup = `import { relay } from './relay.mjs';
export default async function () { const { port, stop } = await relay('child.mjs'); process.env.RELAY_PORT = String(port); return stop; }
`;
    const [head, part] = hasCarpool(contestant)
      ? ["import { carpool } from '@carpool/playwright/config';\n", 'carpool({ summary: false }), ']
      : ['', ''];
    const own = contestant === 'by-hand' ? "globalSetup: './setup.mts', " : '';
    return {
      'playwright.config.mts': `${head}import { defineConfig } from '@playwright/test';\nexport default defineConfig(${part}{ ${own}testDir: '.' });\n`,
      ...(contestant === 'by-hand' ? { 'setup.mts': setup } : {}),
      ...(contestant === 'shared'
        ? {
            'pools.mts':
              "import { withPools } from '@carpool/playwright';\nimport config from './carpool.config.mts';\nexport const test = withPools(config);\n",
          }
        : {}),
    };
  },
  file(parts) {
    const { contestant } = parts;
    const heads: Readonly<Record<Contestant, string>> = {
      none: "import { test, expect } from '@playwright/test';\n",
      unused: "import { test, expect } from '@playwright/test';\n",
      shared: "import { expect } from '@playwright/test';\nimport { test } from './pools.mts';\n",
      each: "import { expect } from '@playwright/test';\nimport { withPools } from '@carpool/playwright';\nimport config from './carpool.config.mts';\nconst test = withPools(config);\n",
      child: "import { test, expect } from '@playwright/test';\nimport { start } from './start.mjs';\n",
      'by-hand': "import { test, expect } from '@playwright/test';\nimport { connect } from './client.mjs';\n",
    };
    const body = around(parts, 'process.env.RELAY_PORT')
      .replace('beforeAll', 'test.beforeAll')
      .replace('afterAll', 'test.afterAll');
    return heads[contestant] + body + testsOf(parts).replaceAll('async ()', 'async ({})');
  },
};

/** The same module for Jest, which runs CommonJS. */
function toCommonJs(text: string): string {
  return text
    .replaceAll(/^import \{ (\w+) as (\w+) \} from ('.*');$/gm, 'const { $1: $2 } = require($3);')
    .replaceAll(/^import \{ (.*) \} from ('.*');$/gm, 'const { $1 } = require($2);')
    .replaceAll(/^export (async function (\w+))/gm, 'exports.$2 = $2;\n$1');
}
