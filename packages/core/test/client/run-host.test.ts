// The host of a runner that runs again and again in one process.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { startHost } from '../../src/main-process/start-host.ts';
import { RunHost } from '../../src/main-process/run-host.ts';
import type { HostClient } from '../../src/client/client.ts';
import { sharedClient } from '../../src/client/shared-client.ts';
import { connectProvided } from '../../src/client/provided.ts';
import { readHostRecord } from '../../src/hosts/host-record.ts';
import { addressVariable, localPath } from '../../src/wire/address.ts';
import { failure } from '../support/failure.ts';
import { closing, place, program, programPath } from '../support/pools.ts';

const known = { runner: 'a test', version: '1.2.3' };
const worker = { ...known, adapter: '@carpool/test', remedy: 'add it' };

function configured(line = 'echo'): string {
  const file = join(place().path, 'carpool.config.mjs');
  writeFileSync(file, `export default ${JSON.stringify({ pools: { echoes: program(line) } })}`);
  return file;
}

function runHost(): RunHost {
  const host = new RunHost({ root: place().path, ...known });
  closing({ close: () => host.stop() });
  return host;
}

afterEach(() => vi.unstubAllEnvs());

function inPlace(): void {
  vi.stubEnv('TMPDIR', place().path);
}

test('serves run after run, and sums up', async () => {
  inPlace();
  const file = configured();
  const host = runHost();
  await Promise.all([host.runStarted(), host.runStarted()]);
  const first = host.provided;
  expect(first).toMatchObject({ version: '1.2.3', pools: ['echoes'], address: expect.stringContaining('carpool:') });
  expect(host.files).toEqual([file]);
  await host.runStarted();
  expect(host.provided).toBe(first);
  expect(await host.summary()).toEqual([]);
  const client = await connectProvided(host.provided, worker, 'echoes');
  const sessions = await Promise.all([1, 2].map(() => client.register('echoes')));
  const line = (sessions: string): unknown => [
    expect.stringMatching(`^carpool: echoes: 1 child, ${sessions}, longest`),
  ];
  expect(await host.summary()).toEqual(line('2 sessions, peak 2'));
  await Promise.all(sessions.map((session) => session.unregister()));
  await host.runEnded();
  await host.runStarted();
  expect(await host.summary(), 'nothing in this run yet').toEqual([]);
  await client.register('echoes');
  expect(await host.stop()).toEqual(line('1 session, peak 1'));
  expect(await host.stop()).toEqual([]);
});

test('says what a child was started from, and replaces one whose files have changed', async () => {
  inPlace();
  const folder = place().path;
  const script = join(folder, 'echo.mjs');
  const copy = (): void => writeFileSync(script, `import ${JSON.stringify(programPath('echo'))};\n`, { flag: 'a' });
  copy();
  const [data, other] = [join(folder, 'data', 'a.csv'), join(folder, 'data', 'b.csv')];
  mkdirSync(join(folder, 'data'));
  writeFileSync(data, '');
  const pool = { command: process.execPath, args: ['echo.mjs', '--hello'], watch: ['data/*.csv'] };
  writeFileSync(join(folder, 'carpool.config.mjs'), `export default ${JSON.stringify({ pools: { echoes: pool } })}`);
  const host = runHost();
  await host.runStarted();
  expect(host.watched).toEqual({ files: [], globs: [] });
  const pidOf = async (): Promise<unknown> => {
    const client = await connectProvided(host.provided, worker, 'echoes');
    await (await client.register('echoes')).unregister();
    const [stats] = await client.stats();
    return stats?.pids.at(-1);
  };
  const first = await pidOf();
  await host.runEnded();
  expect(host.watched).toEqual({
    files: [process.execPath, script, data],
    globs: [join(folder, 'data/*.csv')],
  });
  await host.runStarted();
  expect(await pidOf()).toBe(first);
  await host.runEnded();
  copy();
  await host.runStarted();
  const second = await pidOf();
  expect(second).not.toBe(first);
  await host.runEnded();
  writeFileSync(other, '');
  await host.runStarted();
  expect(await pidOf()).not.toBe(second);
});

test('is replaced when its config was edited, and when it is gone', async () => {
  inPlace();
  const file = configured('dies-at-once');
  const host = runHost();
  await host.runStarted();
  const first = host.provided;
  configured();
  utimesSync(file, 1, 1);
  await host.runStarted();
  const second = host.provided;
  expect(second.address).not.toBe(first.address);
  const client = await connectProvided(second, worker, 'echoes');
  await using session = await client.register('echoes');
  expect(session.id).toBe('s1');
  await host.stop();
  await host.runStarted();
  expect(host.provided.address).not.toBe(second.address);
});

test('is replaced when it was killed a moment ago, and its exit is not known yet', async () => {
  inPlace();
  configured();
  const host = runHost();
  await host.runStarted();
  const first = host.provided;
  const record = readHostRecord(dirname(localPath(first.address ?? '')));
  if (record === undefined) throw new Error('The host has no record');
  process.kill(record.pid, 'SIGKILL');
  await host.runStarted();
  expect(host.provided.address).not.toBe(first.address);
  const client = await connectProvided(host.provided, worker, 'echoes');
  await using session = await client.register('echoes');
  expect(session.id).toBe('s1');
});

test('a config that cannot be used is told in full to the first test that wants a pool, and to the others in short', async () => {
  inPlace();
  writeFileSync(join(place().path, 'carpool.config.mjs'), 'export default { pools: { echoes: { comand: "x" } } };');
  const host = runHost();
  await host.runStarted();
  const { provided } = host;
  const errors = await Promise.all(
    [provided, provided, provided].map((to) => failure(connectProvided(to, worker, 'echoes'), 'CONFIG_INVALID')),
  );
  const [full, ...short] = errors.map(({ message }) => message).toSorted((a, b) => b.length - a.length);
  expect(full).toBe(provided.problem?.message);
  expect(full).toContain('maxUnreadEvents');
  for (const message of short) {
    expect(message).toMatch(
      /^The config is not valid at `pools\.echoes\.comand`: .* … \(\S+carpool\.config\.mjs; in full in the first test of this run that wanted a pool\)$/,
    );
    expect(message).toContain('did you mean "command"?');
    expect(message).not.toContain('maxUnreadEvents');
  }
  // The next run tells it again.
  await host.runStarted();
  const again = await failure(connectProvided(host.provided, worker, 'echoes'), 'CONFIG_INVALID');
  expect(again.message).toBe(full);
});

const aLock = { name: 'db', kind: 'lock', size: 1, weight: 1 } as const;

test('provides the error, and tries again at the next run', async () => {
  inPlace();
  const host = runHost();
  await host.runStarted();
  expect(host.provided).toMatchObject({ pools: [], problem: { code: 'CONFIG_INVALID' } });
  await failure(connectProvided(host.provided, worker), 'CONFIG_INVALID');
  // A file that uses no pool has a host all the same.
  const client = closing(await connectProvided(host.provided, worker, false)) as HostClient;
  expect(await client.leases.acquire(aLock)).toMatchObject({ held: { weight: 1 } });
  configured();
  await host.runStarted();
  expect(host.provided).toMatchObject({ pools: ['echoes'] });
  expect(host.provided.problem).toBe(undefined);
});

test('may be joined: it learns of new runs, prints no summary, and is left running', async () => {
  inPlace();
  configured('dies-at-once');
  await using others = await startHost({ root: place().path });
  await others.configured;
  vi.stubEnv(addressVariable, others.address);
  const host = runHost();
  await host.runStarted();
  expect(host.provided).toMatchObject({ pools: ['echoes'], address: others.address });
  const client = closing(await connectProvided(host.provided, worker, 'echoes'));
  for (let n = 0; n < 3; n++) await failure(client.start('echoes'), 'CHILD_EXITED');
  await failure(client.start('echoes'), 'POOL_GAVE_UP');
  await host.runStarted();
  await failure(client.start('echoes'), 'CHILD_EXITED');
  expect([await host.summary(), await host.stop()]).toEqual([[], []]);
  expect(await client.pools()).toEqual(['echoes']);
});

test.each([
  ['is no address', (): string => 'nonsense', 'its address is none of Carpool: those begin with'],
  ['is of a host that has ended', (): string => `carpool:${place().path}/gone#${'a'.repeat(64)}`, 'has ended, or of'],
])('an address in the environment that %s: the error names the variable, and what to do', async (_, address, why) => {
  vi.stubEnv(addressVariable, address());
  const host = runHost();
  await host.runStarted();
  const { problem } = host.provided;
  expect(problem?.code).toBe('HUB_UNREACHABLE');
  expect(problem?.message).toContain(why);
  expect(problem?.message).toMatch(
    /\. The address is the value of CARPOOL_ADDRESS: unset it, and the run starts a host of its own, or set it to /,
  );
});

test('an empty address in the environment is told of, once: the run has a host of its own', async () => {
  inPlace();
  configured();
  vi.stubEnv(addressVariable, '');
  const printed: string[] = [];
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const host = runHost();
  await host.runStarted();
  await host.stop();
  await runHost().runStarted();
  stderr.mockRestore();
  expect(host.provided.pools).toEqual(['echoes']);
  expect(printed.filter((text) => text.includes('CARPOOL_ADDRESS is empty'))).toEqual([
    'carpool: CARPOOL_ADDRESS is empty, and counts as unset: this run uses no host that is named, but one of this machine. Set it to the address of a host, or unset it\n',
  ]);
});

test('that cannot be joined is a problem of the run', async () => {
  vi.stubEnv(addressVariable, `carpool:${place().path}/missing#${'a'.repeat(64)}`);
  const host = runHost();
  await host.runStarted();
  expect(host.provided).toMatchObject({ pools: [], problem: { code: 'HUB_UNREACHABLE' } });
});

test('that has ended is reported as ended by earlier and by later workers', async () => {
  inPlace();
  configured();
  const host = runHost();
  await host.runStarted();
  const { provided } = host;
  const options = { address: provided.address ?? '', runner: 'a test' };
  const client = await sharedClient(options);
  await host.stop();
  await client.closed;
  const errors = [
    await failure(sharedClient(options), 'HUB_LOST'),
    await failure(connectProvided(provided, worker), 'HUB_LOST'),
  ];
  for (const { message } of errors)
    expect(message).toMatch(/^The host has ended, or its socket was removed \(.*ENOENT/);
});
