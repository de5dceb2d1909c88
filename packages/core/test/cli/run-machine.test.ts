// `carpool run` on a host that it has not started: that of the machine, which the config or the environment names, or that of
// another `carpool run`. It chooses as the runners do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { processes } from '../../src/cli/ps/ask.ts';
import type { AnsweringHost } from '../../src/cli/ps/types.ts';
import { livingMachineHost, findMachineFolder } from '../../src/hosts/machine-folder.ts';
import { factsOf } from '../../src/process/identity.ts';
import { addressVariable } from '../../src/wire/address.ts';
import { serving } from '../listen/support.ts';
import { configured, onMachine, run } from '../machine/support.ts';
import { closing, place, program, until } from '../support/pools.ts';
import { carpool, commandLine, config, start, write, type Ended, type Running } from './carpool.ts';

const node = process.execPath;
const session = fileURLToPath(new URL('session.mjs', import.meta.url));
const shard = fileURLToPath(new URL('shard.mjs', import.meta.url));

const both = ['run', '--shards', '2', '--concurrency', '2'];
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** The host of the machine, as `carpool ps` sees it: there is no other one. */
async function machine(): Promise<AnsweringHost> {
  const { hosts } = await processes({ most: 5, bases: [place().path] });
  const [host] = hosts;
  if (hosts.length !== 1 || host?.state !== 'answers' || host.kind !== 'machine')
    throw new Error(`not the host of the machine alone: ${JSON.stringify(hosts)}`);
  return host;
}

/** Resolves when it has printed so many lines. */
async function printed(running: Running, count: number): Promise<void> {
  let text = '';
  running.process.stdout?.on('data', (chunk) => (text += chunk));
  await until(`${count} lines are printed`, () => lines(text).length === count, 25_000);
}

/** As `start`, with the address of a host in the environment. */
function startAt(address: string, ...args: string[]): Promise<Ended> {
  const [file = '', ...words] = commandLine(...args);
  const { path } = place();
  const env = { ...process.env, TMPDIR: path, NO_COLOR: '1', [addressVariable]: address };
  const child = spawn(file, words, { cwd: path, env, stdio: ['ignore', 'pipe', 'pipe'] });
  closing({ close: () => child.kill('SIGKILL') });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  return once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
}

/** What `carpool run --config` says of a host that has its own. */
function refusal(file: string): string {
  return `carpool: Cannot use the config ${file}: CARPOOL_ADDRESS names a host that runs already, with a config of its own; leave \`--config\` out to use that one, or unset CARPOOL_ADDRESS to start a host with yours [CONFIG_INVALID]`;
}

/** Each shard has two sessions. */
const twoEach = ['sh', '-c', `"${node}" "${session}" 2; : {i}`];
const shared = (): object => ({ host: 'machine', pools: { echoes: program('echo') } });

test(
  'the shards of two are two runs on the host of the machine, and share its children',
  { timeout: 120_000 },
  async () => {
    onMachine();
    configured(shared());
    const two = [0, 1].map(() => start(...both, '--', node, session, '1', 'wait', '{i}'));
    await Promise.all(two.map((running) => printed(running, 2)));
    const { runs, pools } = await machine();
    expect(new Set(runs.map(({ runner, workers, pid }) => `${runner} ${pid}: ${workers}`))).toEqual(
      new Set(two.map((running) => `carpool run ${running.process.pid}: 2`)),
    );
    expect(pools.map(({ name, open, children }) => [name, open, children.length])).toEqual([['echoes', 4, 1]]);
    for (const running of two) running.process.kill('SIGTERM');
    for (const { code, stderr } of await Promise.all(two.map((running) => running.ended))) {
      expect(code).toBe(143);
      expect(lines(stderr)).toEqual([
        expect.stringMatching(/^carpool: echoes: 1 child, 2 sessions, peak 2/),
        'carpool: 2 of 2 shards failed: 1/2 (SIGTERM), 2/2 (SIGTERM)',
      ]);
    }
    await until('both runs have gone', async () => (await machine()).runs.length === 0);
  },
);

test('on the host of the machine values and locks are those of its shards, and not of other runs', async () => {
  onMachine();
  configured(shared());
  const journal = join(place().path, 'journal');
  appendFileSync(journal, '');
  const command = ['--', node, shard, 'shares', journal, '{i}'];
  const ended = await Promise.all([carpool(...both, ...command), carpool(...both, ...command)]);
  expect(ended).toEqual(ended.map(() => ({ code: 0, stdout: '', stderr: '' })));
  const computed = lines(readFileSync(journal, 'utf8')).filter((line) => line === 'computed');
  expect(computed).toHaveLength(2);
});

test('with the address of a host of the machine in the environment it opens a run there', async () => {
  onMachine();
  configured();
  const other = await run();
  const address = livingMachineHost(findMachineFolder([place().path]))?.address ?? '';
  const ended = await startAt(address, ...both, '--', ...twoEach);
  expect(ended.code).toBe(0);
  expect(ended.stderr).toMatch(/^carpool: echoes: 1 child, 4 sessions, peak \d, longest wait \d+ ms\n$/);
  expect((await machine()).runs.map(({ runner }) => runner)).toEqual(['a test']);
  await other.stop();
});

test('with that of another machine its shards are one run there', async () => {
  onMachine();
  configured();
  const { address, next } = await serving();
  const ended = await startAt(address, ...both, '--', ...twoEach);
  expect(ended.code).toBe(0);
  expect(ended.stderr).toMatch(/^carpool: echoes: 1 child, 4 sessions, peak \d, longest wait \d+ ms\n$/);
  expect(await next()).toMatch(/ carpool run, .*: has come$/);
  expect(await next()).toMatch(/: has gone, after .* and 4 sessions$/);
});

test('inside another one it joins the host of that, which prints the summary', async () => {
  config({ echoes: 'echo' });
  const inner = commandLine(...both, '--', ...twoEach);
  const { code, stderr } = await carpool('run', '--', ...inner);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^carpool: echoes: 1 child, 4 sessions, peak \d, longest wait \d+ ms\n$/);
});

test('inside another one, `--config` is refused, and the command is not started', async () => {
  config({ echoes: 'echo' });
  config({ others: 'echo' }, 'others.config.mjs');
  const inner = commandLine('run', '--config', 'others.config.mjs', '--', 'echo', 'ran');
  const { code, stdout, stderr } = await carpool('run', '--', ...inner);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(`${refusal('others.config.mjs')}\n`);
});

test('so it is with the address of another machine', async () => {
  onMachine();
  configured();
  config({ others: 'echo' }, 'others.config.mjs');
  const { address } = await serving();
  const ended = await startAt(address, 'run', '--config', 'others.config.mjs', '--', 'echo', 'ran');
  expect(ended).toEqual({ code: 1, stdout: '', stderr: `${refusal('others.config.mjs')}\n` });
  expect((await machine()).runs).toEqual([]);
});

test('with that of the host of the machine, the run there has the config of `--config`', async () => {
  onMachine();
  configured();
  const other = await run();
  config({ others: 'echo' }, 'others.config.mjs');
  const address = livingMachineHost(findMachineFolder([place().path]))?.address ?? '';
  const print = 'console.log(process.env.CARPOOL_ADDRESS !== process.argv[1])';
  const ended = await startAt(address, 'run', '--config', 'others.config.mjs', '--', node, '-e', print, address);
  expect(ended).toEqual({ code: 0, stdout: 'true\n', stderr: '' });
  const unknown = await startAt(address, 'run', '--config', 'missing.config.mjs', '--', 'echo', 'ran');
  expect([unknown.code, unknown.stdout]).toEqual([1, '']);
  expect(unknown.stderr).toContain('missing.config.mjs');
  await other.stop();
});

test('a runner whose settings name a config runs inside `carpool run`, on the host that is there', async () => {
  onMachine();
  configured();
  const outer = await run({ host: 'run' });
  vi.stubEnv(addressVariable, outer.provided.address);
  const inner = await run({ host: undefined, configFile: 'others.config.mjs' });
  expect(inner.provided).toMatchObject({ address: outer.provided.address, pools: ['echoes'], problem: undefined });
});

test('an address that leads nowhere starts nothing, and the variable is named', async () => {
  config({ echoes: 'echo' });
  const ended = await startAt(`carpool:${place().path}/gone#${'0'.repeat(64)}`, 'run', '--', 'echo', 'ran');
  expect([ended.code, ended.stdout]).toEqual([1, '']);
  expect(ended.stderr).toMatch(
    /^carpool: Cannot reach .*gone.* the value of CARPOOL_ADDRESS: .*\[HUB_UNREACHABLE\]\n$/,
  );
});

test(
  'one that is killed leaves no shard and no run, and the host of the machine goes on',
  { timeout: 120_000 },
  async () => {
    onMachine();
    configured(shared());
    const pids = join(place().path, 'pids');
    const inner = `require('node:fs').appendFileSync('${pids}', process.pid + '\\n'); process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6)`;
    const script = `trap '' TERM; "${node}" -e "${inner}" & "${node}" "${session}" 1; wait; : {i}`;
    const running = start(...both, '--', 'sh', '-c', script);
    const started = (): number[] => (existsSync(pids) ? lines(readFileSync(pids, 'utf8')).map(Number) : []);
    await until('both run', () => started().length === 2);
    running.process.kill('SIGKILL');
    await until('they are gone', () => started().every((pid) => factsOf(pid)?.zombie !== false), 20_000);
    await until('its run is gone', async () => (await machine()).runs.length === 0);
    expect(started()).toHaveLength(2);
  },
);

test('what shards print as a whole is kept in no folder of others', async () => {
  onMachine();
  configured(shared());
  const before = write(
    'list.mjs',
    `import { readdirSync } from 'node:fs'; console.log(readdirSync(process.env.TMPDIR).filter((name) => name.startsWith('carpool-output')).length)`,
  );
  const { code, stdout } = await carpool(...both, '--group', '--', node, before, '{i}');
  expect([code, stdout]).toEqual([0, '0\n0\n']);
  expect(readdirSync(place().path).filter((name) => name.startsWith('carpool-output'))).toEqual([]);
});
