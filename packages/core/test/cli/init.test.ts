import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { git, posix, python } from '@carpool/test-harness/programs';
import { describe, expect, test } from 'vitest';
import { closing, place } from '../support/pools.ts';
import { typedIn } from '../support/terminal.ts';
import { commandLine } from './carpool.ts';
import { InitProject } from './init-project.ts';
import { loadedBy } from './loaded.ts';

const vite = `import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
})
`;

/** As create-vite makes one, with Vitest. Nothing has to be installed. */
function viteProject(): InitProject {
  const devDependencies = { vite: '8', vitest: '5', carpool: '1', '@carpool/vitest': '1' };
  return new InitProject({
    'package.json': { type: 'module', devDependencies },
    'vite.config.ts': vite,
    'tsconfig.json': '{\n  /* Bundler mode */\n  "compilerOptions": { "noEmit": true },\n  "include": ["src"],\n}\n',
    'src/main.ts': 'export {};\n',
  });
}

test('its parser and its questions are loaded by this command alone', async () => {
  const ofInit = expect.stringMatching(/^cli-init-/);
  const others = await loadedBy('ps');
  expect(others).toContainEqual(expect.stringMatching(/^cli-command-/));
  expect(others).not.toContainEqual(ofInit);
  expect(await loadedBy('init')).toContainEqual(ofInit);
});

describe('what it does', () => {
  test('shows the difference, and writes nothing: --dry-run, and without a terminal', async () => {
    const project = viteProject();
    // Nothing of the project is evaluated.
    project.write('vite.config.ts', `${vite}throw new Error('evaluated');\n`);
    const before = project.files();
    const dry = await project.init('--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain("+import { carpool } from '@carpool/vitest/config'\n");
    expect(dry.stdout).toContain('-  plugins: [react()],\n+  plugins: [react(), carpool()],\n');
    expect(dry.stdout).not.toContain('\u001b');
    const silent = await project.init();
    expect(silent.code).toBe(1);
    expect(silent.stdout).toBe(dry.stdout);
    expect(silent.stderr).toMatch(/nothing is written, because there is no terminal to ask in: `--yes` writes/);
    expect(project.files()).toEqual(before);
  });

  test('--yes writes it all; run again, it changes nothing and says so', async () => {
    const project = viteProject();
    const { code, stderr } = await project.init('--yes');
    expect(stderr).toMatch(/^Vitest; TypeScript, ES modules; npm; dialect child$/m);
    expect(stderr).toMatch(/^Run it: npx vitest run src\/carpool\.test\.ts$/m);
    expect(code).toBe(0);
    const after = project.files();
    expect(Object.keys(after)).toEqual([
      'carpool.child.mjs',
      'carpool.config.ts',
      'package.json',
      'src/carpool.d.ts',
      'src/carpool.test.ts',
      'src/main.ts',
      'tsconfig.json',
      'vite.config.ts',
    ]);
    expect(after['vite.config.ts']).toContain('plugins: [react(), carpool()]');
    // The compiler of this project refuses `.ts`; runners find the file by this name, too.
    expect(after['src/carpool.test.ts']).toContain("import config from '../carpool.config.js';");
    const again = await project.init('--yes');
    expect(again).toMatchObject({ code: 0, stdout: '' });
    expect(again.stderr).toContain('everything is there already; nothing is changed');
    const named = await project.init('--yes', '--dialect', 'child', '--runner', 'vitest');
    expect(named.stderr).toContain('nothing is changed');
    expect(project.files()).toEqual(after);
  });

  test.skipIf(git.path === undefined)(
    `what it shows is a patch that git applies, and its last line undoes it${git.reason}`,
    async () => {
      const project = viteProject();
      project.commit();
      const before = project.files();
      const { stdout } = await project.init('--dry-run');
      const written = await project.init('--yes');
      const after = project.files();
      const last = written.stderr.trimEnd().split('\n').at(-1) ?? '';
      expect(last).toBe(
        'Undo: git checkout -- vite.config.ts && git clean -fqx -- carpool.config.ts carpool.child.mjs src/carpool.d.ts src/carpool.test.ts',
      );
      project.shell(last.replace('Undo: ', ''));
      expect(project.files()).toEqual(before);
      expect(project.shell('git status --porcelain')).toBe('');
      writeFileSync(join(place().path, 'patch'), stdout);
      project.shell('git apply ../patch');
      expect(project.files()).toEqual(after);
    },
  );

  test.skipIf(git.path === undefined)(
    `warns of files that it edits and that are not committed, and of no others${git.reason}`,
    async () => {
      const project = viteProject();
      project.commit();
      project.write('src/main.ts', 'export const other = 1;\n');
      expect((await project.init('--dry-run')).stderr).not.toContain('Warning');
      project.write('vite.config.ts', `${vite}// mine\n`);
      expect((await project.init('--dry-run')).stderr).toMatch(
        /^Warning: vite\.config\.ts has changes that are not committed/m,
      );
    },
  );

  test('with no git there, it names the new files', async () => {
    const project = viteProject();
    const { stderr } = await project.init('--yes', '--no-test');
    expect(stderr).toMatch(/^git does not know vite\.config\.ts: take those lines out by hand$/m);
    expect(stderr).toMatch(/^Undo: rm carpool\.config\.ts carpool\.child\.mjs src\/carpool\.d\.ts$/m);
  });
});

describe('packages', () => {
  const missing = { 'package.json': { devDependencies: { jest: '30' } } };

  test.for([
    ['npm', 'package-lock.json', 'i -D carpool @carpool/jest @carpool/redis ioredis'],
    ['pnpm', 'pnpm-lock.yaml', 'add -D carpool @carpool/jest @carpool/redis ioredis'],
    ['yarn', 'yarn.lock', 'add -D carpool @carpool/jest @carpool/redis ioredis'],
    ['bun', 'bun.lock', 'add -D carpool @carpool/jest @carpool/redis ioredis'],
  ])('are added by %s, of which there is %s', async ([name = '', lock = '', words = '']) => {
    const project = new InitProject({ ...missing, [lock]: '' });
    project.manager(name);
    const { code } = await project.init('--yes', '--dialect', 'redis');
    expect(project.asked).toBe(`${words}\n`);
    expect(code).toBe(0);
  });

  test('by the manager that package.json names; at the root of a workspace with its consent', async () => {
    const project = new InitProject({
      'package.json': { packageManager: 'pnpm@12.0.0', devDependencies: { jest: '30' } },
      'pnpm-workspace.yaml': 'packages:\n  - a\n',
    });
    project.manager('pnpm');
    await project.init('--yes');
    expect(project.asked).toBe('add --ignore-workspace-root-check -D carpool @carpool/jest\n');
  });

  test('in the range that the project has of carpool; a runner that is named is added, too', async () => {
    const project = new InitProject({ 'package.json': { devDependencies: { carpool: '^1.2.0', jest: '30' } } });
    project.manager('npm');
    await project.init('--yes', '--runner', 'jest', '--runner', 'playwright');
    expect(project.asked).toBe('i -D @carpool/jest@^1.2.0 @playwright/test @carpool/playwright@^1.2.0\n');
  });

  test('not with --no-install, which says the command', async () => {
    const project = new InitProject(missing);
    project.manager('npm');
    const { code, stderr } = await project.init('--yes', '--no-install');
    expect(stderr).toMatch(/^Packages: npm i -D carpool @carpool\/jest \(run it yourself\)$/m);
    expect({ code, asked: project.asked }).toEqual({ code: 0, asked: '' });
    expect(project.files()).toHaveProperty('jest.config.mjs');
  });

  test('where they cannot be added, nothing is written', async () => {
    const project = new InitProject(missing);
    project.manager('npm', 'process.exit(3);');
    const before = project.files();
    const { code, stderr } = await project.init('--yes');
    expect(stderr).toMatch(/^carpool: `npm i -D .*` has failed, and nothing is written: it ended with 3$/m);
    expect({ code, files: project.files() }).toEqual({ code: 1, files: before });
  });

  test('nor where a file was changed meanwhile: that change stays, and no other is there', async () => {
    const project = viteProject();
    project.write('package.json', '{ "devDependencies": { "vitest": "5" } }');
    const before = project.files();
    project.manager('npm', "writeFileSync('vite.config.ts', readFileSync('vite.config.ts', 'utf8') + '// mine\\n');");
    const { code, stderr } = await project.init('--yes');
    expect(stderr).toMatch(
      /^carpool: Cannot write vite\.config\.ts: it was changed meanwhile; all files are as they were$/m,
    );
    expect(project.files()).toEqual({ ...before, 'vite.config.ts': `${vite}// mine\n` });
    expect(code).toBe(1);
  });

  test.skipIf(!posix.holds)(`nor where it is ended while they are added${posix.reason}`, async () => {
    const project = new InitProject(missing);
    project.manager('npm', "console.error('adding'); setInterval(() => {}, 1_000);");
    const before = project.files();
    const [file = '', ...args] = commandLine('init', '--yes');
    const child = spawn(file, args, { cwd: project.root, env: project.env, stdio: ['ignore', 'ignore', 'pipe'] });
    closing({ close: () => child.kill('SIGKILL') });
    let said = '';
    for await (const chunk of child.stderr) {
      said += String(chunk);
      if (said.endsWith('adding\n')) child.kill('SIGTERM');
    }
    expect(said).toMatch(/has failed, and nothing is written: it ended with 143$/m);
    expect(project.files()).toEqual(before);
  });

  test('package.json has what both have written, and the lock file is undone, too', async () => {
    const jest = { testEnvironment: 'jsdom' };
    const project = new InitProject({
      'package.json': { devDependencies: { jest: '30' }, jest },
      'package-lock.json': '{}',
      '.gitignore': 'node_modules\n',
    });
    project.commit();
    project.manager(
      'npm',
      `const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
manifest.devDependencies.carpool = '1';
writeFileSync('package.json', JSON.stringify(manifest));
writeFileSync('package-lock.json', '{ "packages": {} }');`,
    );
    const { stderr } = await project.init('--yes', '--no-test');
    expect(JSON.parse(project.read('package.json'))).toEqual({
      devDependencies: { jest: '30', carpool: '1' },
      jest: { preset: '@carpool/jest', testEnvironment: '@carpool/jest/environment-jsdom' },
    });
    project.shell(/^Undo: (.*)$/m.exec(stderr)?.[1] ?? 'false');
    expect(project.shell('git status --porcelain')).toBe('');
  });
});

describe('what it finds', () => {
  test.for([
    [
      'a config file',
      { 'playwright.config.js': 'module.exports = {};\n', 'package.json': {} },
      'Playwright Test; JavaScript',
    ],
    ['a script', { 'package.json': { scripts: { test: 'vitest run' } } }, 'Vitest; JavaScript'],
    ['the key of Jest', { 'package.json': { jest: {} } }, 'Jest; JavaScript'],
    ['Vite without a runner', { 'package.json': { devDependencies: { vite: '8' } } }, 'Vitest; JavaScript'],
    [
      'a config in TypeScript',
      { 'playwright.config.ts': 'export default {};\n', 'package.json': {} },
      'Playwright Test; TypeScript',
    ],
    ['two', { 'package.json': { devDependencies: { jest: '30', vitest: '5' } } }, 'Vitest, Jest; JavaScript'],
  ] as const)('%s', async ([, files, line]) => {
    const { stderr } = await new InitProject(files).init('--dry-run');
    expect(stderr).toMatch(new RegExp(`^${line}, `));
  });

  test('the runner of the folder above, in a package of a workspace', async () => {
    const root = new InitProject({ 'package.json': { workspaces: ['a'], devDependencies: { vitest: '5' } } });
    root.write('a/package.json', '{}');
    const { code, stderr } = await new InitProject({}, 'project/a').init('--dry-run');
    expect(stderr).toMatch(/^Vitest; JavaScript/);
    expect(stderr).toMatch(/^Packages: npm i -D carpool @carpool\/vitest$/m);
    expect(code).toBe(0);
  });

  test('the dialect that its dependencies speak for', async () => {
    const project = new InitProject({
      'package.json': { dependencies: { pg: '8' }, devDependencies: { vitest: '5' } },
    });
    const { stdout, stderr } = await project.init('--dry-run');
    expect(stdout).toContain("+    db: postgres(), // your migrations: postgres({ schema: 'migrations/*.sql' })\n");
    expect(stderr).toContain('This config needs PostgreSQL on this machine');
  });

  test('of two runners that it sets up, each takes its own files, the first test among them', async () => {
    const overlap = 'The default patterns of the runners overlap';
    const planned = async (files: Record<string, string | object>, first: string): Promise<[string, string]> => {
      const project = new InitProject({ 'package.json': {}, ...files });
      const { stdout, stderr } = await project.init('--dry-run', '--runner', first, '--runner', 'playwright');
      return [stdout, stderr];
    };
    const [vitest, ofVitest] = await planned({}, 'vitest');
    expect(vitest).toContain("plugins: [carpool()], test: { include: ['**/*.test.?(c|m)[jt]s?(x)'] } });\n");
    expect(vitest).toContain("testMatch: '**/*.spec.*' });\n");
    expect(vitest).toContain('+++ b/carpool.test.mjs\n');
    expect(ofVitest).not.toContain(overlap);
    const [jest, ofJest] = await planned({}, 'jest');
    expect(jest).toContain("preset: '@carpool/jest', testMatch: ['**/*.test.?(c|m)[jt]s?(x)'] };\n");
    expect(ofJest).not.toContain(overlap);
    // What it runs already may have any of the names.
    const [before, ofBefore] = await planned({ 'package.json': { devDependencies: { vitest: '5' } } }, 'vitest');
    expect(before).not.toContain('include:');
    expect(ofBefore).toContain(overlap);
    const both = { devDependencies: { vitest: '5', '@playwright/test': '1' } };
    const [had, ofHad] = await planned({ 'package.json': both, 'login.test.ts': '' }, 'vitest');
    expect(had).toContain('+++ b/playwright.config.mjs\n');
    expect(had).not.toMatch(/include:|testMatch:/);
    expect(ofHad).toContain(overlap);
  });

  test('names that each runner takes, in each kind of package', async () => {
    const kinds = [
      [{ type: 'module' }, 'vitest', ['carpool.config.js', 'vitest.config.js', 'carpool.test.js']],
      [{}, 'vitest', ['carpool.config.mjs', 'vitest.config.mjs', 'carpool.test.mjs']],
      [{ type: 'module' }, 'jest', ['carpool.config.js', 'jest.config.mjs', 'carpool.test.cjs']],
      [{}, 'jest', ['carpool.config.mjs', 'jest.config.mjs', 'carpool.test.js']],
      [{}, 'playwright', ['carpool.config.mjs', 'playwright.config.mjs', 'carpool.spec.mjs']],
    ] as const;
    for (const [manifest, runner, names] of kinds) {
      const { stdout } = await new InitProject({ 'package.json': manifest }).init('--dry-run', '--runner', runner);
      const files = [...stdout.matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, file]) => file);
      expect(files.filter((file) => file !== 'carpool.child.mjs')).toEqual(names);
    }
  });
});

describe('bad input', () => {
  let count = 0;
  const refused = async (files: Record<string, string | object>, ...args: string[]): Promise<string> => {
    const project = new InitProject(files, `refused-${++count}`);
    const before = project.files();
    const { code, stderr } = await project.init('--yes', ...args);
    expect(code).toBe(1);
    expect(project.files()).toEqual(before);
    expect(project.asked).toBe('');
    return stderr;
  };
  const withVitest = { 'package.json': { devDependencies: { vitest: '5', carpool: '1', '@carpool/vitest': '1' } } };

  test('no package.json', async () => {
    expect(await refused({})).toMatch(/^carpool: There is no package\.json in .*; make one with `npm init -y`$/m);
    new InitProject({ 'package.json': {} }, '.');
    expect(await refused({})).toMatch(/; the nearest is in .*: run it there$/m);
  });

  test('a package.json, a tsconfig.json and a config with an error of syntax', async () => {
    expect(await refused({ 'package.json': '{' })).toMatch(/^carpool: Cannot read package\.json: .*\(1:1\)$/m);
    expect(await refused({ 'package.json': '{ a: 1 }' })).toMatch(/^carpool: Cannot read package\.json: /m);
    expect(await refused({ ...withVitest, 'tsconfig.json': '{ "a" }' })).toMatch(
      /^carpool: Cannot read tsconfig\.json: /m,
    );
    const vitest = { 'vitest.config.ts': 'export default {\n  plugins: [,\n' };
    const said = await refused({ ...withVitest, 'tsconfig.json': '{}', ...vitest });
    expect(said).toMatch(/^carpool: Cannot read vitest\.config\.ts: .*\(3:0\)$/m);
  });

  test('a config that is not edited: the lines, where they belong, and nothing else is written', async () => {
    const said = await refused({ ...withVitest, 'vitest.config.js': 'module.exports = make();\n' });
    expect(said).toContain(
      'carpool: vitest.config.js is not edited, because its default export is what a function makes',
    );
    expect(said).toContain("at its top:\n    import { carpool } from '@carpool/vitest/config';\n");
    expect(said).toContain('plugins: [carpool()],\n');
    expect(said).toMatch(/^Nothing is written\. Add these lines, and then run this again for the rest\.$/m);
  });

  test('a runner, or a dialect, that there is not', async () => {
    expect(await refused(withVitest, '--runner', 'mocha')).toContain('Allowed choices are vitest, jest, playwright');
    expect(await refused(withVitest, '--dialect', 'mysql')).toContain('Allowed choices are child, server, postgres');
  });

  test('a config that is no file', async () => {
    const said = await refused({ ...withVitest, 'vitest.config.js/file': '' });
    expect(said).toMatch(/^carpool: EISDIR: .*$/m);
  });

  test('no runner; a root of a workspace without one; a runner that is too old', async () => {
    expect(await refused({ 'package.json': {} })).toMatch(/No runner is found in .*or name one with --runner/);
    expect(await refused({ 'package.json': { workspaces: ['a'] } })).toMatch(
      /is the root of a workspace, and has no runner/,
    );
    const old = {
      'package.json': { devDependencies: { jest: '28' } },
      'node_modules/jest/package.json': { version: '28.1.3' },
    };
    expect(await refused(old)).toMatch(/^carpool: Jest 28\.1\.3 is too old: Carpool works with 29\.7 and newer$/m);
  });

  test('a carpool.config that is there stays, and what is asked of it is said; so does another file of its name', async () => {
    const config = { 'carpool.config.mjs': 'export default { pools: {} };\n' };
    expect(await refused({ ...withVitest, ...config }, '--dialect', 'postgres')).toMatch(
      /^carpool: .*carpool\.config\.mjs is there already, and is not changed; add to its pools: db: postgres\(\)$/m,
    );
    expect(await refused({ ...withVitest, 'carpool.child.mjs': '// mine\n' })).toContain(
      'carpool.child.mjs is there already, and is not this one',
    );
    const project = new InitProject({ ...withVitest, ...config });
    const { code, stderr } = await project.init('--yes');
    expect(stderr).toContain('carpool.config.mjs is there, and stays as it is');
    expect(code).toBe(0);
    expect(Object.keys(project.files())).toEqual(['carpool.config.mjs', 'package.json', 'vitest.config.mjs']);
  });

  test('a file that cannot be written: none is', async () => {
    // Where the folder of the test would be, in the config of Playwright.
    const said = await refused(
      {
        'package.json': { devDependencies: { '@playwright/test': '1', carpool: '1', '@carpool/playwright': '1' } },
        'playwright.config.js': "module.exports = { testDir: './tests' };\n",
        tests: 'a file\n',
      },
      '--runner',
      'playwright',
    );
    expect(said).toMatch(/^carpool: Cannot write tests\/carpool\.spec\.mjs: .*; nothing is written$/m);
  });

  test.skipIf(!posix.holds)(`a folder that is read-only${posix.reason}`, async () => {
    const project = new InitProject(withVitest);
    const before = project.files();
    chmodSync(project.root, 0o555);
    // Root may write everywhere.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    chmodSync(place().path, 0o755);
    const [file = '', ...args] = commandLine('init', '--yes');
    const child = spawn(file, args, {
      cwd: project.root,
      env: project.env,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...user,
    });
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    chmodSync(project.root, 0o755);
    expect(stderr).toMatch(/^carpool: Cannot write carpool\.config\.mjs: .*; nothing is written$/m);
    expect({ code, files: project.files() }).toEqual({ code: 1, files: before });
  });
});

describe('in a terminal', () => {
  /** Types the keys in a terminal, each when its question is there. */
  async function typed(
    project: InitProject,
    keys: readonly (readonly [string, string])[],
    added: object = {},
  ): Promise<string> {
    const env = { ...project.env, TERM: 'xterm', ...added };
    return await typedIn(commandLine('init'), keys, { cwd: project.root, env });
  }
  const enter = '\r';
  const down = '\u001B[B';

  test.skipIf(python.path === undefined)(
    `it asks, shows the difference in colours, and writes${python.reason}`,
    async () => {
      const project = viteProject();
      project.manager('npm');
      const said = await typed(project, [
        ['What do the tests share?', down + enter],
        ['Write a first test?', enter],
        ['Write this?', enter],
      ]);
      expect(said).toContain('\u001B[32m+  plugins: [react(), carpool()],\u001B[39m');
      expect(said).toContain('\u001B[31m-  plugins: [react()],\u001B[39m');
      expect(project.read('carpool.config.ts')).toContain('app: server({');
      expect(project.files()).toHaveProperty('src/carpool.test.ts');
    },
  );

  test.skipIf(python.path === undefined).for(['What do the tests share?', 'Write a first test?', 'Write this?'])(
    `the end of its input at "%s": nothing is written${python.reason}`,
    async (question) => {
      const project = viteProject();
      const before = project.files();
      const questions = ['What do the tests share?', 'Write a first test?', 'Write this?'];
      const answered = questions.slice(0, questions.indexOf(question));
      const said = await typed(project, [...answered.map((one) => [one, enter] as const), [question, '\u0004']]);
      expect(said).toMatch(/carpool: nothing is written\r?\n$/);
      expect(said).not.toContain('unsettled');
      expect(project.files()).toEqual(before);
    },
  );

  test.skipIf(python.path === undefined)(`NO_COLOR; what is refused is not written${python.reason}`, async () => {
    const project = viteProject();
    const before = project.files();
    const said = await typed(
      project,
      [
        ['What do the tests share?', enter],
        ['Write a first test?', 'n'],
        ['Write this?', 'n'],
      ],
      { NO_COLOR: '1' },
    );
    expect(said).toContain('\r\n+  plugins: [react(), carpool()],\r\n');
    expect(said).not.toContain('b/src/carpool.test.ts');
    expect(said).toContain('carpool: nothing is written');
    expect(project.files()).toEqual(before);
  });

  test.skipIf(python.path === undefined)(`Ctrl-C at a question writes nothing${python.reason}`, async () => {
    const project = viteProject();
    const before = project.files();
    expect(await typed(project, [['What do the tests share?', '\u0003']])).toContain('carpool: nothing is written');
    expect(project.files()).toEqual(before);
  });
});
