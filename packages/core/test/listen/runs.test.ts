// Runs of another machine: what they have is that of the folder of `carpool serve --listen`, and their own.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { joinSession } from '../../src/client/join.ts';
import { FileOwner } from '../../src/client/file-owner.ts';
import type { RunHost } from '../../src/main-process/run-host.ts';
import { carpool, config, write } from '../cli/carpool.ts';
import { workerFile } from '../shared-worker/support.ts';
import { failure } from '../support/failure.ts';
import { closing, place, program, until } from '../support/pools.ts';
import { remoteRun, serving } from './support.ts';

// They start several processes, one after the other.
vi.setConfig({ testTimeout: 60_000 });

async function worker({ provided }: RunHost): Promise<HostClient> {
  expect(provided.problem).toBeUndefined();
  return closing(await HostClient.connect({ address: String(provided.address), runner: 'a test' }));
}

test('an address is all that a run needs: pools, summary, and one line when it comes and goes', async () => {
  config({ echoes: 'echo' });
  const { address, next } = await serving();
  expect(address).toMatch(/^carpool\+tls:\/\/127\.0\.0\.1:\d+\/#[0-9a-f]{64}\.[\w-]{43}$/);
  const run = await remoteRun(address);
  expect(run.provided).toMatchObject({ pools: ['echoes'], problem: undefined });
  expect(run.files).toEqual([]);
  expect(await next()).toMatch(/Z a test, \S+:\/, pid \d+, with the address of "serve": has come$/);
  const client = await worker(run);
  const session = await client.register('echoes');
  const text = randomBytes(4 * 1024 * 1024).toString('base64');
  expect(await session.request({ type: 'echo', text })).toMatchObject({ echo: { text } });
  const many = Array.from({ length: 1_000 }, (_, n) => session.request({ type: 'echo', n }));
  expect((await Promise.all(many)).map((reply) => (reply as { echo: { n: number } }).echo.n)).toEqual(
    many.map((_, n) => n),
  );
  const status = JSON.parse((await carpool('ps', '--json')).stdout) as { hosts: object[] };
  expect(status.hosts[0]).toMatchObject({
    listens: { clients: [{ name: 'serve', connections: 2 }] },
    runs: [{ client: 'serve', remotePid: process.pid, workers: 1 }],
  });
  expect((await carpool('ps')).stdout).toMatch(
    /\n {2}for other machines: \S+:\d+\n {4}address "serve": 2 connections\n/,
  );
  await run.runEnded();
  expect(run.watched).toEqual({ files: [], globs: [] });
  expect(await run.stop()).toEqual([expect.stringMatching('^carpool: echoes: 1 child, 1 session')]);
  expect(await next()).toMatch(/: has gone, after \d+ m?s and 1 session$/);
  expect((await client.closed)?.message).toMatch(
    /^The connection to the host at 127\.0\.0\.1:\d+ has ended, because its process has ended, or the network between was cut\./,
  );
  // The token of a run ends with it.
  await failure(HostClient.connect({ address: String(run.provided.address), runner: 'a test' }), 'HUB_REJECTED');
});

test('pools in the options of the adapter are refused; what another machine names is not looked at', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  const refused = await remoteRun(address, { pools: { mine: program('echo') } });
  expect(refused.provided.problem?.message).toBe(
    "The pools mine of the adapter's options cannot be added to a host that runs already; write them into its config",
  );
  const client = closing(await HostClient.connect({ address, runner: 'a test' }));
  const run = { id: 'x', folder: 'there\u001b[2J', pid: 1, runner: 'raw\nline' };
  const evil = {
    run,
    root: '/nowhere',
    configFile: '/nowhere/evil.mjs',
    pools: { evil: program('echo') },
  };
  const opened = await client.ask(
    { method: 'openRun', ...evil, env: { PATH: '/nowhere' }, cwd: '/nowhere', configTimeout: 1 },
    60_000,
  );
  expect(opened).toMatchObject({ pools: ['echoes'], files: [] });
  expect(opened.problem).toBeUndefined();
  const { stdout } = await carpool('ps', '--json');
  // Others of this user may be in /tmp.
  expect((JSON.parse(stdout) as { hosts: object[] }).hosts[0]).toMatchObject({
    runs: [{ folder: 'there [2J', runner: 'raw line' }],
  });
  expect(stdout).not.toContain('"id": "x"');
  client.close();
});

test('locks of a run are its own; those of the machine are shared with all runs there', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  const [one, other] = [await worker(await remoteRun(address)), await worker(await remoteRun(address))];
  const lock = { name: 'printer', kind: 'lock', size: 1, weight: 1, wait: false } as const;
  for (const client of [one, other]) expect((await client.leases.acquire(lock)).held.weight).toBe(1);
  const shared = await one.machine.connected();
  expect((await shared.leases.acquire(lock)).held.weight).toBe(1);
  const error = await failure((await other.machine.connected()).leases.acquire(lock), 'LEASE_TAKEN');
  expect(error.message).toMatch(/in the run \S+:\/, pid \d+/);
});

test('values of `once` pass whole up to 16 MiB, and a larger one is refused by name', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  const run = await remoteRun(address);
  const clients = [await worker(run), await worker(run)];
  const [one, other] = clients.map(
    (client) => new FileOwner({ path: ['f'], holder: { file: 'f' }, connect: () => client }),
  );
  const bytes = randomBytes(8 * 1024 * 1024);
  const never = (): Promise<never> => Promise.reject(new Error('computed again'));
  const value = { key: 'big' };
  expect(bytes.equals(await one!.leases.once(value, async () => ({ bytes }), {}))).toBe(true);
  expect(bytes.equals(await other!.leases.once(value, never, {}))).toBe(true);
  const tooBig = one!.leases.once({ key: 'bigger' }, async () => ({ bytes: Buffer.alloc(17 * 1024 * 1024) }), {});
  expect((await failure(tooBig, 'LEASE_INVALID')).message).toBe(
    'Cannot pass on the value "bigger": it has 17825792 bytes, and 16777216 is the limit; write it to a file of your own, and pass on the path',
  );
});

test('a session is handed to another process, by TLS', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  const client = await worker(await remoteRun(address));
  const session = await client.register('echoes');
  const handed = await session.address();
  expect(handed).toMatch(/^carpool-session\+tls:\/\/127\.0\.0\.1:\d+\/#\d+-[0-9a-f]{64}\.[\w-]{43}$/);
  const joined = await joinSession(handed);
  expect(await joined.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  const error = await failure(joinSession(handed), 'HUB_REJECTED');
  expect(error.message).toContain('has joined session');
  await joined.unregister();
});

test('shared workers of the config are reached through the host', async () => {
  const sharedWorkers = { echo: { file: workerFile('echo.mjs').href } };
  write('carpool.config.mjs', `export default ${JSON.stringify({ sharedWorkers })};\n`);
  const { address } = await serving();
  const client = await worker(await remoteRun(address));
  const { connection, path } = await client.sharedWorkers.open({ name: 'echo' });
  expect(path).toContain(place().path);
  const heard: number[] = [];
  const large = Promise.withResolvers<Uint8Array>();
  const member = connection.addMember(
    {
      message: (_, answers, body) => {
        heard.push(answers);
        if (body.length > 1_000_000) large.resolve(body);
      },
    },
    () => {},
  );
  const testWorker = client.sharedWorkers.nextTestWorker();
  await connection.call({ method: 'join', member, testWorker, file: 'file:///a.test.ts' }, 10_000);
  const body = Buffer.from(JSON.stringify('x'.repeat(5 * 1024 * 1024)));
  connection.publish(member, 1, 0, body);
  expect(Buffer.from(await large.promise).equals(body)).toBe(true);
  await connection.call({ method: 'leave', member }, 10_000);
  const error = await failure(client.sharedWorkers.open({ filename: workerFile('echo.mjs').href }), 'HUB_REJECTED');
  expect(error.message).toContain('name it in the config there');
  client.close();
  await connection.closed;
});

test('`carpool address` gives out another address, with a name and an end', async () => {
  config({ echoes: 'echo' });
  expect(await carpool('address', '--for', 'ci')).toMatchObject({
    code: 1,
    stderr:
      'carpool: there is no host of this machine; `carpool serve --listen HOST:PORT` starts one for other machines\n',
  });
  await serving('127.0.0.1:0', '--name', 'localhost');
  const { stdout } = await carpool('address', '--for', 'ci', '--expires', '2s');
  const address = stdout.trim();
  expect(address).toMatch(/^carpool\+tls:\/\/localhost:\d+\/#[0-9a-f]{64}\.[\w-]{43}$/);
  const client = closing(await HostClient.connect({ address, runner: 'a test' }));
  expect((await carpool('ps')).stdout).toMatch(
    /\n {4}address "ci": 1 connection, (?:expires in (?:[012] s|\d+ ms)|expired)\n/,
  );
  await until('it has expired', () =>
    HostClient.connect({ address, runner: 'a test' }).then(
      (other) => (other.close(), false),
      (thrown: Error) => thrown.message.includes('the address of "ci" has expired'),
    ),
  );
  expect((await client.names()).machine).toBeDefined();
  expect((await carpool('serve', '--listen', '127.0.0.1:0')).stderr).toContain('`--listen` is for a host that starts');
  client.close();
});

test('a host that does not listen has no address for others, and one whose port is taken says so', async () => {
  const { createServer } = await import('node:net');
  const taken = closing(createServer());
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  const failed = await carpool('serve', '--listen', `127.0.0.1:${port}`);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(
    new RegExp(`^carpool: Cannot listen on 127\\.0\\.0\\.1:${port}: listen EADDRINUSE.* \\[HUB_UNREACHABLE\\]\n$`),
  );
  expect((await carpool('serve', '--listen', 'nowhere')).stderr).toContain('It must be HOST:PORT');
  await carpool('serve', '--detach');
  expect((await carpool('address', '--for', 'x')).stderr).toContain('does not listen for other machines');
  expect(await carpool('address', '--revoke', 'x', '--expires', '1h')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'carpool: `--expires` is of another address: give it with `--for NAME`\n',
  });
  await carpool('stop');
});

test('a run with an address that leads nowhere has a problem, which says why, and names the variable', async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const nowhere = `carpool+tls://127.0.0.1:9/#${'a'.repeat(64)}.${'b'.repeat(43)}`;
  const { provided } = await remoteRun(nowhere, { root: join(place().path) });
  expect(provided.problem).toMatchObject({
    code: 'HUB_UNREACHABLE',
    message:
      'Cannot reach the host at 127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9. The host has ended, or the address is that of another machine. The address is the value of CARPOOL_ADDRESS: unset it, and the run starts a host of its own, or set it to the address of a host that runs (`carpool serve` and `carpool address` print one)',
  });
  vi.restoreAllMocks();
});

test('a run that wants a transcript is told that it has none of its sessions on another machine', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const runs = [];
  for (const wanted of ['told', '0', '']) {
    vi.stubEnv('CARPOOL_TRANSCRIPT', wanted);
    const before = told.mock.calls.length;
    const run = await remoteRun(address);
    const session = await (await worker(run)).register('echoes');
    await session.unregister();
    await run.stop();
    runs.push(told.mock.calls.slice(before).map(([text]) => text));
  }
  told.mockRestore();
  const sentence =
    'carpool: no transcript is kept of a run on another machine: unset CARPOOL_ADDRESS to record it on this one\n';
  expect(runs).toEqual([[sentence], [], []]);
  expect(existsSync(join(place().path, 'told'))).toBe(false);
});
