// Pools that several runs share, and those that they do not.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import type { RunHost } from '../../src/main-process/run-host.ts';
import { failure } from '../support/failure.ts';
import { place, program, programPath, until } from '../support/pools.ts';
import { machineHost } from '../../src/hosts/machine-host.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import { configured, onMachine, run, worker } from './support.ts';

/** A work tree of its own, with the config, what it imports, and the program. */
function workTree(name: string): string {
  const tree = join(place().path, name);
  mkdirSync(join(tree, '.git'), { recursive: true });
  writeFileSync(join(tree, '.git', 'HEAD'), `ref: refs/heads/branch-of-${name}\n`);
  cpSync(programPath('echo'), join(tree, 'echo.mjs'));
  cpSync(programPath('talk'), join(tree, 'talk.mjs'));
  const { args = [], ...options } = program('echo', { maxSessions: 1 });
  const pool = { ...options, args: ['echo.mjs', ...args.slice(1)], inheritEnv: ['PATH', 'FLAVOUR'] };
  writeFileSync(join(tree, 'limits.mjs'), 'export const limits = {};\n');
  writeFileSync(
    join(tree, 'carpool.config.mjs'),
    `import { limits } from './limits.mjs';
    const pool = ${JSON.stringify(pool)};
    export default { pools: { echoes: { ...pool, ...limits, args: pool.args.map((arg) => arg.replace('echo.mjs', import.meta.dirname + '/echo.mjs')) } } };`,
  );
  return tree;
}

async function pidOf(host: RunHost): Promise<unknown> {
  const client = await worker(host);
  await (await client.register('echoes')).unregister();
  const [stats] = await client.stats();
  return stats?.pids.at(-1);
}

test('two work trees share a child exactly if theirs are the same, and the next run finds it warm', async () => {
  onMachine();
  const [a, b, edited] = [workTree('a'), workTree('b'), workTree('edited')];
  writeFileSync(join(edited, 'limits.mjs'), 'export const limits = {}; // edited\n');
  const first = await run({ root: a });
  const pid = await pidOf(first);
  expect(pid).toBeDefined();
  expect(await pidOf(await run({ root: b }))).toBe(pid);
  expect(await pidOf(await run({ root: edited }))).not.toBe(pid);
  vi.stubEnv('FLAVOUR', 'another');
  expect(await pidOf(await run({ root: b }))).not.toBe(pid);
  vi.stubEnv('FLAVOUR', 'a third');
  await pidOf(await run({ root: b }));
  vi.stubEnv('FLAVOUR', undefined);
  vi.stubEnv('UNRELATED', 'another');
  const looks = await HostClient.connect({ address: (await machineHost()).address, runner: 'a test' });
  const { pools } = await looks.ask({ method: 'status' }, 5_000);
  looks.close();
  expect(pools.map(({ unlike }) => unlike)).toEqual([
    undefined,
    `not shared with that of ${a}: limits.mjs`,
    expect.stringMatching(/^not shared with that of .*\/edited: FLAVOUR of the environment/),
    'not shared with that of an earlier run of this folder: FLAVOUR of the environment',
  ]);
  expect(await first.stop()).toEqual([expect.stringMatching('^carpool: echoes: 1 child, 1 session, peak 1')]);
  expect(await pidOf(await run({ root: a }))).toBe(pid);
});

test('an edited program is another child, in watch mode too, and is not given to the other work tree', async () => {
  onMachine();
  const [a, b] = [workTree('a'), workTree('b')];
  const [first, second] = [await run({ root: a }), await run({ root: b })];
  const pid = await pidOf(first);
  writeFileSync(join(a, 'echo.mjs'), `${readFileSync(join(a, 'echo.mjs'), 'utf8')}\n// edited\n`);
  expect(await pidOf(second)).toBe(pid);
  await first.runEnded();
  await first.runStarted();
  expect(await pidOf(first)).not.toBe(pid);
  expect(await pidOf(second)).toBe(pid);
  process.kill(Number(pid), 'SIGKILL');
  const client = await worker(second);
  await vi.waitUntil(async () => (await client.stats())[0]?.running === 0, { timeout: 20_000 });
  const started = readFileSync(`/proc/${String(await pidOf(second))}/cmdline`, 'utf8');
  expect(started).toContain(join(b, 'echo.mjs'));
});

test('where every work tree was edited since, no child is started from what is there now', async () => {
  onMachine();
  const a = workTree('a');
  const client = await worker(await run({ root: a }));
  writeFileSync(join(a, 'limits.mjs'), 'export const limits = {}; // edited\n');
  const error = await failure(client.register('echoes'), 'CHILD_NOT_STARTED');
  expect(error.message).toContain(
    'what it is started from was edited since the run began. The next run starts what is there now',
  );
});

test('children have the environment of their run, and not that of the host', async () => {
  onMachine();
  const tree = workTree('a');
  writeFileSync(
    join(tree, 'carpool.config.mjs'),
    `const { args, ...echoes } = ${JSON.stringify(program('echo'))};
    console.log('printed by a config');
    const where = { MADE_IN: process.cwd(), MADE_FOR: process.env.FLAVOUR };
    export default { pools: { echoes: { ...echoes, args, env: { ...echoes.env, ...where } } } };`,
  );
  await run(); // it starts the host
  vi.stubEnv('FLAVOUR', 'sweet');
  const pid = await pidOf(await run({ root: tree }));
  vi.stubEnv('FLAVOUR', undefined);
  const environment = readFileSync(`/proc/${String(pid)}/environ`, 'utf8').split('\0');
  expect(environment).toEqual(
    expect.arrayContaining([
      'FLAVOUR=sweet',
      'MADE_FOR=sweet',
      `MADE_IN=${process.cwd()}`,
      expect.stringMatching('^CARPOOL_HOST='),
    ]),
  );
  expect(environment.join('\n')).not.toContain('CARPOOL_ADDRESS');
});

test('no more children run than the machine allows: an idle one makes room, and a wait says for what', async () => {
  onMachine();
  await machineHost({ boot: { maxChildren: 1 } });
  const line = (name: string): PoolOptions => program('echo --pool ' + name, { maxSessions: 1 });
  configured({ pools: { one: line('one'), two: line('two') } });
  const client = await worker(await run());
  const running = async (): Promise<unknown> => (await client.stats()).map(({ running: count }) => count);
  const session = await client.register('one');
  const error = await failure(client.register('two', { timeout: 200 }), 'POOL_QUEUE_TIMEOUT');
  expect(error.message).toContain(
    'another child waits for its turn, because all pools of this machine may have 1 child together',
  );
  await session.unregister();
  await (await client.register('two')).unregister();
  expect(await running()).toEqual([0, 1]);
});

test('no child starts while those that run take too much memory; one may always run', async () => {
  onMachine();
  await machineHost({ boot: { maxMemory: 1_000 } });
  configured({ pools: { one: program('echo'), two: program('echo', { registerTimeout: 200 }) } });
  const client = await worker(await run());
  await client.register('one');
  const error = await failure(client.register('two'), 'POOL_QUEUE_TIMEOUT');
  expect(error.message).toContain('may have only so much memory together');
});

/** How many children of each pool run. */
async function runningIn(client: HostClient): Promise<unknown> {
  return (await client.stats()).map(({ running }) => running);
}

test('as many idle children as need be make room for one, also where they take too much memory', async () => {
  onMachine();
  // Each takes more: how much of a Node is resident depends on what else the system does.
  await machineHost({ boot: { maxMemory: 1_000 } });
  const three = { children: 3, maxSessions: 3 };
  configured({ pools: { one: program('echo', three), two: program('echo', { registerTimeout: 20_000 }) } });
  const client = await worker(await run());
  // Before their hello it is not known what they take.
  const sessions = await Promise.all([1, 2, 3].map(() => client.register('one')));
  expect(await runningIn(client)).toEqual([3, 0]);
  await Promise.all(sessions.map((session) => session.unregister()));
  await (await client.register('two')).unregister();
  expect(await runningIn(client)).toEqual([0, 1]);
});

test('no more idle children make room than need be', async () => {
  onMachine();
  await machineHost({ boot: { maxChildren: 3 } });
  const three = { children: 3, maxSessions: 3 };
  configured({ pools: { one: program('echo', three), two: program('echo', { registerTimeout: 20_000 }) } });
  const client = await worker(await run());
  const sessions = await Promise.all([1, 2, 3].map(() => client.register('one')));
  await Promise.all(sessions.map((session) => session.unregister()));
  expect(await runningIn(client)).toEqual([3, 0]);
  await (await client.register('two')).unregister();
  expect(await runningIn(client)).toEqual([2, 1]);
});

test('a child whose call has given up while it started makes room, too', async () => {
  onMachine();
  await machineHost({ boot: { maxChildren: 1 } });
  configured({ pools: { slow: program('slow-start'), two: program('echo', { registerTimeout: 20_000 }) } });
  const client = await worker(await run());
  const given = new AbortController();
  const first = client.register('slow', { signal: given.signal });
  await until('it starts', async () => (await client.stats())[0]?.children === 1);
  const waiting = client.register('two');
  given.abort(new Error('given up'));
  await expect(first).rejects.toThrow('given up');
  await (await waiting).unregister();
  expect(await runningIn(client)).toEqual([0, 1]);
});

test('sessions that are kept warm make room, too', async () => {
  onMachine();
  await machineHost({ boot: { maxChildren: 1 } });
  configured({ pools: { one: program('echo', { warm: 2 }), two: program('echo', { registerTimeout: 20_000 }) } });
  const client = await worker(await run());
  await (await client.register('one')).unregister();
  await (await client.register('two')).unregister();
  expect(await runningIn(client)).toEqual([0, 1]);
});

test('a child that is started for no session, or only asked, has its turn as one that is', async () => {
  onMachine();
  await machineHost({ boot: { maxChildren: 1 } });
  const line = (name: string): PoolOptions =>
    program('echo --pool ' + name, { maxSessions: 1, registerTimeout: 1_500 });
  configured({ pools: { one: line('one'), two: line('two') } });
  const client = await worker(await run());
  const session = await client.register('one');
  expect((await failure(client.start('two'), 'POOL_QUEUE_TIMEOUT')).message).toContain('1 child together');
  await failure(client.probe('two'), 'POOL_QUEUE_TIMEOUT');
  expect(await runningIn(client)).toEqual([1, 0]);
  await session.unregister();
  await client.start('two');
  expect(await runningIn(client)).toEqual([0, 1]);
  expect(await client.probe('one')).toEqual({ answers: true, asked: true });
  expect(await runningIn(client)).toEqual([1, 0]);
});

test('who holds the slots is named with its run, where that is another', async () => {
  onMachine();
  const [a, b] = [workTree('a'), workTree('b')];
  const [first, second] = await Promise.all([a, b].map(async (root) => await worker(await run({ root }))));
  await first!.register('echoes', { holder: { test: 'adds a row' } });
  const ask = { wait: false };
  const own = await failure(first!.register('echoes', ask), 'POOL_FULL');
  const other = await failure(second!.register('echoes', ask), 'POOL_FULL');
  expect(own.message).toMatch(/by "adds a row" \([^()]*\)$/);
  expect(other.message).toMatch(
    new RegExp(`by "adds a row" \\([^()]*\\), in the run ${a}, branch branch-of-a, pid ${process.pid}$`),
  );
});

test('what was wrong with what a test did is told in its own run', async () => {
  onMachine();
  const root = workTree('a');
  writeFileSync(
    join(root, 'carpool.config.mjs'),
    `import { server } from ${JSON.stringify(new URL('../../src/config/define-server.ts', import.meta.url))};
    const web = server({
      command: process.execPath,
      args: [${JSON.stringify(programPath('web'))}, '--port', '{port}'],
      open: (_server, { params }) => params,
      close: (_server, { mess }, { diagnose }) => { if (mess) diagnose('left a mess'); },
    });
    export default { pools: { web } };`,
  );
  const [messy, tidy] = [await run({ root }), await run({ root, summary: false })];
  const both = [await worker(messy), await worker(tidy)] as const;
  const register = async (client: HostClient, test: string, mess: boolean): Promise<void> =>
    await (await client.register('web', { params: { mess }, holder: { test, file: 'a.test.ts' } })).unregister();
  await register(both[1], 'tidies up', false);
  await register(both[0], 'leaves a mess', true);
  const lines = await messy.summary();
  expect(lines[0]).toMatch(/^carpool: web: 1 child, 1 session/);
  expect(lines[1]).toMatch(
    /^carpool: warning: web: fault was found with 1 session:\n {2}test "leaves a mess" \(.*\): left a mess\n/,
  );
  expect(await tidy.summary()).toEqual([]);
  // The next run of the same runner begins with nothing.
  await messy.runEnded();
  await messy.runStarted();
  await register(both[0], 'tidies up', false);
  expect(await messy.summary()).toHaveLength(1);
  await register(both[1], 'leaves one, too', true);
  expect(await messy.summary()).toHaveLength(1);
  expect(await tidy.summary()).toEqual([expect.stringContaining('test "leaves one, too"')]);
});

test('the longest wait in the summary of a run is its own, in watch mode that of its last run', async () => {
  onMachine();
  configured({ pools: { echoes: program('echo', { maxSessions: 1 }) } });
  const [first, second] = [await run(), await run()];
  const [holder, waiter] = [await worker(first), await worker(second)];
  const held = await holder.register('echoes');
  const since = performance.now();
  const waiting = waiter.register('echoes');
  await until('it has waited for so long', () => performance.now() - since > 1_000);
  await held.unregister();
  await (await waiting).unregister();
  const longest = async (host: RunHost): Promise<number> =>
    Number(/longest wait (\d+) ms/.exec((await host.summary()).join())?.[1]);
  // Of nothing else than the slot that was free.
  expect(await longest(first)).toBeLessThan(800);
  expect(await longest(second)).toBeGreaterThanOrEqual(900);
  await second.runStarted();
  const again = await waiter.register('echoes');
  await again.unregister();
  expect(await longest(second)).toBeLessThan(800);
});
