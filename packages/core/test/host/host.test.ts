// The host process: its folder, its environment, its config, and what happens when the host itself is killed.
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import type { Host, HostOptions } from '../../src/main-process/types.ts';
import { addressVariable, localPath, parseAddress } from '../../src/wire/address.ts';
import { census } from '../../src/testing/census.ts';
import { failure } from '../support/failure.ts';
import { closing, guards, place, program, programPath, until } from '../support/pools.ts';
import { scriptIn } from '../support/scripts.ts';

const original = { ...process.env };

afterEach(() => {
  for (const name of ['TMPDIR', addressVariable]) {
    if (original[name] === undefined) delete process.env[name];
    else process.env[name] = original[name];
  }
});

/** A host in the folder of this test, which is its project's root too. */
async function host(options: Partial<HostOptions> = {}, temporary: string = place().path): Promise<Host> {
  const root = place().path;
  process.env['TMPDIR'] = temporary;
  const started = await startHost({ root, ...options });
  closing({ close: () => started.stop() });
  return started;
}

async function connect({ address }: Host): Promise<HostClient> {
  return closing(await HostClient.connect({ address, runner: 'a test' }));
}

const echoes = (line = 'echo'): { echoes: ReturnType<typeof program> } => ({ echoes: program(line) });

describe('a host', () => {
  test('serves what the config and the adapter name, and counts', async () => {
    const config = join(place().path, 'carpool.config.mjs');
    const { command, args } = program('echo');
    const hello = { send: { type: 'settings' }, expect: { type: 'hello' } };
    const inFile = { command, args, protocol: { hello } };
    writeFileSync(config, `console.log('loading'); export default ${JSON.stringify({ pools: { inFile } })}`);
    const started = await host({ pools: echoes() });
    expect(await started.configured).toEqual({
      locks: {},
      pools: ['inFile', 'echoes'],
      sharedWorkers: [],
      files: [config],
    });
    const client = await connect(started);
    expect(await client.pools()).toEqual(['inFile', 'echoes']);
    for (const name of ['inFile', 'echoes']) {
      await using session = await client.register(name);
      expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
    }
    const { pools } = await started.summary();
    expect(pools).toMatchObject([
      { name: 'inFile', sessions: 1, open: 0, children: 1 },
      { name: 'echoes', sessions: 1, open: 0, children: 1 },
    ]);
    const last = await started.stop();
    expect(last?.pools).toHaveLength(2);
    expect(await started.stop()).toBe(last);
    await started.exited;
  });

  test('starts no child before a session is wanted', async () => {
    const started = await host({ pools: echoes() });
    await started.configured;
    expect((await started.summary()).pools).toMatchObject([{ children: 0 }]);
    expect(census(place().path).pids).toEqual([started.pid]);
  });

  test('has a folder that only its user may enter, and removes it', async () => {
    const started = await host({ pools: echoes() });
    const folder = dirname(localPath(started.address));
    expect(dirname(folder)).toBe(place().path);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(census(place().path)).toEqual({ pids: [started.pid], folders: [folder] });
    await started.stop();
    expect(existsSync(folder)).toBe(false);
  });

  test('keeps its address and its token from its children', async () => {
    process.env[addressVariable] = `carpool:/somewhere#${'a'.repeat(64)}`;
    const started = await host({ pools: { echoes: program('logs --silent') } });
    const client = await connect(started);
    const session = await client.register('echoes');
    await session.request({ type: 'env' });
    // The reply comes by another pipe, and may be here first.
    let stderr = '';
    await until('the child has printed its environment', async () => {
      ({ stderr = '' } = await session.evidence());
      return stderr.endsWith('}\n');
    });
    const names = Object.keys(JSON.parse(stderr) as object);
    expect(names.filter((name) => name.startsWith('CARPOOL'))).toEqual(['CARPOOL_HOST', 'CARPOOL_CHILD']);
    expect(stderr).not.toContain(parseAddress(started.address).token);
    expect(stderr).not.toContain('a'.repeat(64));
  });

  test('with an invalid config reports it at once, and every register fails with it', async () => {
    const config = join(place().path, 'carpool.config.mjs');
    writeFileSync(config, 'export default { pools: { echoes: { comand: "x" } } }');
    const started = await host();
    const { pools, files, problem } = await started.configured;
    expect({ pools, files }).toEqual({ pools: [], files: [config] });
    expect(problem?.message).toContain('pools.echoes.comand');
    const client = await connect(started);
    const error = await failure(client.register('echoes'), 'CONFIG_INVALID');
    expect(error.message).toBe(problem?.message);
    expect(error.stack).toContain('host.test.ts');
    await failure(client.pools(), 'CONFIG_INVALID');
  });

  test('whose config crashes later ends, and says so', async () => {
    const config = join(place().path, 'carpool.config.mjs');
    const pools = JSON.stringify({ echoes: { ...program('ignores-everything') } });
    writeFileSync(
      config,
      `process.on('SIGUSR2', () => { throw new Error('broken') }); export default { pools: ${pools} }`,
    );
    const started = await host();
    const client = await connect(started);
    const session = await client.register('echoes');
    const waiting = failure(session.event(), 'HUB_LOST');
    process.kill(started.pid!, 'SIGUSR2');
    await waiting;
    await started.exited;
    expect(await started.summary()).toEqual({ pools: [], crashes: [] });
    expect(await started.stop()).toBe(undefined);
  });

  test('forgives failed starts when a new run begins', async () => {
    const started = await host({ pools: echoes('dies-at-once') });
    const client = await connect(started);
    for (let n = 0; n < 3; n++) await failure(client.register('echoes'), 'CHILD_EXITED');
    const error = await failure(client.register('echoes'), 'POOL_GAVE_UP');
    expect(error.message).toContain('cannot find the licence file');
    await started.runStarted();
    await failure(client.register('echoes'), 'CHILD_EXITED');
  });

  test('that is still loading its config stops at once', async () => {
    writeFileSync(join(place().path, 'carpool.config.mjs'), 'await new Promise((done) => setTimeout(done, 1e6))');
    const started = await host();
    const client = await connect(started);
    const failed = failure(client.register('echoes'), 'HUB_LOST');
    await started.stop();
    expect((await failed).stack).toContain('host.test.ts');
  });
});

describe('the place for the socket', () => {
  test('is /tmp where TMPDIR is too long', async () => {
    const long = join(place().path, 'd'.repeat(100));
    mkdirSync(long);
    const started = await host({ pools: { echoes: { ...program('echo'), env: { TMPDIR: place().path } } } }, long);
    const path = localPath(started.address);
    expect(path).toMatch(/^\/tmp\/carpool-/);
    const client = await connect(started);
    await (await client.register('echoes')).unregister();
    await started.stop();
    expect(existsSync(dirname(path))).toBe(false);
  });

  test.each(['/no/such/folder', '/proc'])('is /tmp where nothing can be made in TMPDIR (%s)', async (unusable) => {
    const started = await host({}, unusable);
    expect(localPath(started.address)).toMatch(/^\/tmp\/carpool-/);
    await started.stop();
  });
});

describe('a host that is killed', () => {
  test('is noticed by its workers', async () => {
    const started = await host({ pools: echoes() });
    const client = await connect(started);
    const session = await client.register('echoes');
    const waiting = failure(session.event(), 'HUB_LOST');
    const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    process.kill(started.pid!, 'SIGKILL');
    const lost = await waiting;
    expect(lost.message).toContain('the connection to the host ended, probably with its process, ');
    expect((lost.cause as Error).message).toMatch(
      /^The connection to the host has ended( \(\w+ \w+\))?, probably because its process was killed or has crashed\. No test of this run can use it from here on\. The runner's stderr shows what the host printed and how it ended; what it had started is ended by the runner, or by the next host$/,
    );
    expect((lost.cause as Error).stack).not.toContain('\n');
    await started.configured;
    await expect
      .poll(() => printed.mock.calls.join(''))
      .toContain(`carpool: The host (process ${started.pid}) was killed by SIGKILL while the run went on`);
    printed.mockRestore();
    expect(await session.closed).toMatchObject({ by: 'hub' });
    const error = await failure(client.register('echoes'), 'HUB_LOST');
    expect(error.stack).toContain('host.test.ts');
  });

  test('leaves a stubborn child and a folder, which its runner sweeps', async () => {
    const first = await host({ pools: echoes('ignores-everything') });
    const client = await connect(first);
    await client.register('echoes');
    process.kill(first.pid!, 'SIGKILL');
    await first.exited;
    expect(await first.stop()).toBe(undefined);
    expect(census(place().path)).toEqual({ pids: [], folders: [] });
  });

  test('together with its runner and the guard leaves them, and the next host sweeps', async () => {
    const runner = scriptIn(place().path, 'runner', [programPath('ignores-everything')]);
    closing(runner);
    await runner.said('open');
    const [guard] = guards(place().path);
    for (const pid of [guard?.pid, runner.process.pid, guard?.host]) process.kill(pid!, 'SIGKILL');
    await runner.exited;
    await until('it is gone', () => !existsSync(`/proc/${guard?.host}`));
    expect(census(place().path)).toMatchObject({ pids: [expect.any(Number)], folders: [expect.any(String)] });
    const second = await host({ pools: echoes() });
    const folder = dirname(localPath(second.address));
    await until('it is swept', () => {
      const { pids, folders } = census(place().path);
      return pids.length === 1 && pids[0] === second.pid && folders.length === 1 && folders[0] === folder;
    });
  });

  test('beside another leaves the other alone', async () => {
    const [first, second] = [await host({ pools: echoes() }), await host({ pools: echoes() })];
    const client = await connect(second);
    const session = await client.register('echoes');
    process.kill(first.pid!, 'SIGKILL');
    await first.exited;
    const third = await host({ pools: echoes() });
    await until('it is swept', () => census(place().path).folders.length === 2);
    expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
    expect(third.pid).not.toBe(second.pid);
  });
});
