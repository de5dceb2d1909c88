import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { RunHost } from '../../src/main-process/run-host.ts';
import { factsOf } from '../../src/process/identity.ts';
import { closing, place, until } from '../support/pools.ts';
import { carpool, config, start } from './carpool.ts';

test('serve says which runs come and go, and ends when it is asked to', async () => {
  config({ echoes: 'echo' });
  const { process: serving, ended } = start('serve');
  const lines = createInterface({ input: serving.stdout! })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  expect(await next()).toMatch(/^carpool: the host of this machine serves: process \d+, found in /);
  const [, address] =
    /^carpool: for this machine, where it is not found by itself: CARPOOL_ADDRESS='(.+)'$/.exec(await next()) ?? [];
  vi.stubEnv('CARPOOL_ADDRESS', address);
  const host = new RunHost({ root: place().path, runner: 'a test', version: '1' });
  await host.runStarted();
  vi.unstubAllEnvs();
  expect(host.provided.pools).toEqual(['echoes']);
  expect(await next()).toMatch(/Z a test, .*: has come$/);
  await host.stop();
  expect(await next()).toMatch(/Z a test, .*: has gone, after \d+ m?s and 0 sessions$/);
  expect((await carpool('serve')).stdout).toMatch(/^carpool: the host of this machine runs already: process \d+/);
  expect((await carpool('stop')).stdout).toMatch(/^carpool: the host of this machine has ended: process \d+/);
  expect((await ended).code).toBe(0);
  // Others of this user may be in /tmp.
  expect((await carpool('stop')).stdout).toMatch(/^carpool: there is no host of this machine(?:\. .*)?\n$/);
});

test('a host that is left running ends when it is idle', async () => {
  const { code, stdout } = await carpool('serve', '--detach', '--idle', '0.2s');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^carpool: the host of this machine serves: process \d+/)]);
  // The census of this test waits for its end.
});

test('a signal that comes as soon as the host is there ends it, too', async () => {
  const { process: serving, ended } = start('serve', '--listen', '127.0.0.1:0');
  serving.stdout!.once('data', () => serving.kill('SIGTERM'));
  const { code, stdout } = await ended;
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^carpool: the host of this machine serves: process \d+/)]);
});

test('`never` is any time: a host does not end by itself, and is not killed', async () => {
  expect((await carpool('serve', '--detach', '--idle', 'never')).code).toBe(0);
  expect((await carpool('ps')).stdout).toContain('\n  does not end by itself\n');
  expect((await carpool('serve', '--detach', '--idle', 'never')).code).toBe(0);
  const { code, stdout } = await carpool('stop', '--timeout', 'never');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^carpool: the host of this machine has ended: process/)]);
});

test('serve refuses a time, a size or a name that is none, and what is for other machines without them', async () => {
  expect((await carpool('serve', '--idle', 'soon')).stderr).toContain(
    'It must be a time, such as 30s, 10m or 2h, or never.',
  );
  expect((await carpool('serve', '--max-memory', 'much')).stderr).toContain('It must be a size, such as 512M or 4G.');
  const named = await carpool('serve', '--listen', '127.0.0.1:0', '--name', 'my machine');
  expect(named.stderr).toContain('It must be a name or an IP address, such as build.local, without a port.');
  const alone = await carpool('serve', '--name', 'build.local');
  expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining('give `--listen HOST:PORT`, too')]);
});

test('serve beside a host that runs says what that is, since when, and what it does not have', async () => {
  const { process: serving, ended } = start('serve', '--max-children', '8', '--max-memory', '4G');
  const lines = createInterface({ input: serving.stdout! })[Symbol.asyncIterator]();
  await lines.next();
  const beside = await carpool('serve', '--detach', '--max-children', '8');
  expect(beside.stdout).toMatch(
    /^carpool: the host of this machine runs already: process \d+, found in .*\ncarpool: for \d+ (?:s|ms), 0 runs, 0 children, at most 8 children, no other child from 4\.0 GB, ends after 10 min without a run\ncarpool: for this machine/,
  );
  expect([beside.code, beside.stderr]).toEqual([0, '']);
  const other = await carpool('serve', '--detach', '--max-children', '4', '--idle', '2h');
  expect([other.code, other.stderr]).toEqual([
    1,
    'carpool: `--max-children` and `--idle` are for a host that starts; end the one that runs by `carpool stop`, with all that it serves, then start it again\n',
  ]);
  const foreground = await carpool('serve');
  expect([foreground.code, foreground.stderr]).toEqual([
    1,
    'carpool: `carpool ps` shows what it serves, and `carpool stop` ends it; then `carpool serve` starts one here\n',
  ]);
  expect((await carpool('ps')).stdout).toContain(
    '\n  at most 8 children, no other child from 4.0 GB, ends after 10 min',
  );
  serving.kill('SIGTERM');
  await ended;
}, 120_000);

test(
  'a `carpool serve` that was killed: its run is told where it printed, and the next one that it was',
  { timeout: 120_000 },
  async () => {
    config({ echoes: 'ignores-everything' });
    const { process: serving } = start('serve');
    const ended = once(serving, 'exit');
    const lines = createInterface({ input: serving.stdout! })[Symbol.asyncIterator]();
    const pid = Number(/process (\d+)/.exec(String((await lines.next()).value))?.[1]);
    vi.stubEnv('TMPDIR', place().path);
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const host = new RunHost({ root: place().path, runner: 'a test', version: '1', host: 'machine' });
    closing({ close: () => host.stop() });
    await host.runStarted();
    const client = await HostClient.connect({ address: String(host.provided.address), runner: 'a test' });
    await client.register('echoes');
    const [child = 0] = (await client.stats())[0]?.pids ?? [];
    const log = String(host.provided.log);
    process.kill(pid, 'SIGKILL');
    await client.closed;
    await ended;
    expect(readFileSync(log, 'utf8')).toContain(
      `the host of this machine, process ${pid}, runs in the foreground of \`carpool serve\`, and prints there`,
    );
    const next = await carpool('serve', '--detach', '--idle', '0.1s');
    expect([next.code, next.stderr]).toEqual([
      0,
      `carpool: the host of this machine that ran before, process ${pid}, was killed or has crashed; the one that is started now ends what that has left\n`,
    ]);
    await until('its child is gone', () => factsOf(child)?.zombie !== false);
    stderr.mockRestore();
    vi.unstubAllEnvs();
  },
);
