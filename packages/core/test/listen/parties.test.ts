// What an address of one party may do to others: to their runs, their names, their turns, and their place at the host.
import { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { joinSession } from '../../src/client/join.ts';
import type { RemoteHub } from '../../src/host/hub/remote-access.ts';
import { RemoteClient } from '../../src/machine/remote/remote-client.ts';
import type { RunHost } from '../../src/main-process/run-host.ts';
import { op } from '../../src/wire/frames.ts';
import { carpool, config, write } from '../cli/carpool.ts';
import { workerFile } from '../shared-worker/support.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';
import { listening, serve } from '../support/hubs.ts';
import { closing, until } from '../support/pools.ts';
import { RawPeer } from '../support/raw-peer.ts';
import { remoteRun, serving } from './support.ts';

// Each of these starts several processes, one after the other.
vi.setConfig({ testTimeout: 60_000 });

const runner = 'a test';

async function addressFor(name: string): Promise<string> {
  return (await carpool('address', '--for', name)).stdout.trim();
}

function tokenOf(address: string): string {
  return /#([0-9a-f]{64})/.exec(address)?.[1] ?? '';
}

async function peerOf(address: string, more: object = {}): Promise<RawPeer> {
  const peer = await RawPeer.connect(address);
  expect(await peer.greet({ token: tokenOf(address), ...more })).toMatchObject({ op: op.RESULT });
  return peer;
}

function addressOf({ provided }: RunHost): string {
  expect(provided.problem).toBeUndefined();
  return String(provided.address);
}

interface Status {
  readonly runs: readonly { readonly id: string; readonly folder: string }[];
  readonly leases: readonly { readonly holders: readonly { readonly run?: string }[] }[];
}

async function statusOf(peer: RawPeer): Promise<Status> {
  return (await peer.call({ method: 'status', most: 10 })).body as Status;
}

const lock = { method: 'acquire', kind: 'lock', size: 1, weight: 1, name: 'printer' } as const;

test('a process that says it is of the run of another party is not taken for it', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  closing(await HostClient.connect({ address: addressOf(await remoteRun(address)), runner }));
  const looking = await peerOf(await addressFor('looks'), { observer: true });
  const [victim] = (await statusOf(looking)).runs;
  const forged = await peerOf(await addressFor('mallory'), { run: { ...victim, pid: 1 } });
  expect(await forged.call({ ...lock, lease: 1 })).toMatchObject({ op: op.RESULT });
  const [{ holders: [holder] = [] } = {}] = (await statusOf(looking)).leases as Partial<Status['leases'][0]>[];
  expect(holder?.run).not.toBe(victim?.id);
  const refused = (await looking.call({ ...lock, lease: 1, wait: false })).body as Error;
  expect(refused.message).toContain('with the address of "mallory"');
  expect(refused.message).not.toContain(victim?.folder);
});

test('no process without a run of its own begins or ends one', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  const peer = await peerOf(address);
  for (const method of ['runStarted', 'runEnded', 'closeRun', 'summary']) {
    const answer = await peer.call({ method });
    expect([method, answer]).toEqual([method, expect.objectContaining({ op: op.FAILED })]);
    expect((answer.body as Error).message).toContain('has opened no run');
  }
});

test.each([
  ['ends the host', { method: 'stop' }],
  ['makes addresses', { method: 'invite', name: 'x' }],
  ['takes addresses back', { method: 'revoke', name: 'serve' }],
  ['opens a run', { method: 'openRun', run: { id: 'x', folder: '/', pid: 1, runner: 'x' } }],
])('a worker of a run of another machine that %s is refused, at both places that it reaches', async (_, request) => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  const run = addressOf(await remoteRun(address));
  const peer = await peerOf(run);
  const { machine } = (await peer.call({ method: 'runInfo' })).body as { machine: string };
  const shared = run.replace(/#[0-9a-f]{64}/, machine);
  for (const one of [peer, await peerOf(shared)]) {
    expect(await one.call(request)).toMatchObject({ op: op.FAILED, body: { code: 'HUB_REJECTED' } });
    expect(await one.call({ method: 'ping' })).toMatchObject({ op: op.RESULT });
  }
});

test('a shared worker of another run is not reached by its place', async () => {
  const sharedWorkers = { echo: { file: workerFile('echo.mjs').href } };
  write('carpool.config.mjs', `export default ${JSON.stringify({ sharedWorkers })};\n`);
  const { address } = await serving();
  const client = closing(await HostClient.connect({ address: addressOf(await remoteRun(address)), runner }));
  const { path } = await client.sharedWorkers.open({ name: 'echo' });
  const own = addressOf(await remoteRun(address));
  for (const sharedWorker of [path, '/etc/passwd', '']) {
    const peer = await RawPeer.connect(own);
    const answer = await peer.greet({ token: tokenOf(own), sharedWorker });
    expect((answer.body as Error).message).toContain('no shared worker of this run is at that place');
  }
  client.close();
});

test('workers of a run that was ended try again and again, and the next run of their machine can come', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  const run = await remoteRun(address);
  const over = addressOf(run);
  const session = await closing(await HostClient.connect({ address: over, runner })).register('echoes');
  const handed = await session.address();
  await run.stop();
  for (let tries = 0; tries < 12; tries++) {
    const error = await failure(HostClient.connect({ address: over, runner }), 'HUB_REJECTED');
    expect(error.message).toBe('The host refused this connection: the run of this address has ended');
  }
  const late = await RawPeer.connect(over);
  const shown = /#(\d+-[0-9a-f]{64})/.exec(handed)?.[1];
  expect((await late.greet({ token: shown })).body).toMatchObject({
    message: 'The host refused this connection: the run of this address has ended',
  });
  closing(await HostClient.connect({ address: addressOf(await remoteRun(address)), runner }));
});

test('an address that is revoked: its runs end and learn why, it opens nothing more, and others go on', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  const [own, other] = [await addressFor('ci'), await addressFor('else')];
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const [run, stays] = [await remoteRun(own), await remoteRun(other)];
  const client = closing(await HostClient.connect({ address: addressOf(run), runner }));
  const session = await client.register('echoes');
  const handed = await session.address();
  const looking = await peerOf(own, { observer: true });
  const kept = await closing(await HostClient.connect({ address: addressOf(stays), runner })).register('echoes');
  const { stdout } = await carpool('address', '--revoke', 'ci');
  expect(stdout).toBe('carpool: 1 address of "ci" revoked; 3 connections ended\n');
  expect(await client.closed).toMatchObject({
    code: 'HUB_LOST',
    message: expect.stringContaining('was revoked, by `carpool address --revoke`: no test of this run can use it'),
  });
  await looking.closed;
  await failure(session.request({ type: 'query' }), 'HUB_LOST');
  await until('its runner has been told', () =>
    printed.mock.calls.some(([text]) => String(text).includes('the address by which it has come was revoked')),
  );
  printed.mockRestore();
  const why =
    'the address of "ci" was revoked; `carpool address --for NAME` on the machine of the host makes another one';
  for (const one of [own, addressOf(run)]) {
    const error = await failure(HostClient.connect({ address: one, runner }), 'HUB_REJECTED');
    expect(error.message).toBe(`The host refused this connection: ${why}`);
  }
  const error = await failure(joinSession(handed), 'HUB_REJECTED');
  expect(error.message).toContain(why);
  expect(await kept.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  const { stdout: shown } = await carpool('ps');
  expect(shown).not.toContain('"ci"');
  expect(shown).toContain('address "else": 2 connections');
  expect((await carpool('address', '--revoke', 'ci')).stderr).toBe(
    'carpool: No address of "ci" is given out; `carpool ps` lists those that are [HUB_REJECTED]\n',
  );
  expect((await carpool('address', '--for', 'x', '--revoke', 'ci')).stderr).toContain('give `--for NAME`');
  expect((await carpool('address')).stderr).toContain('give `--for NAME`');
  // The first one is called so.
  expect((await carpool('address', '--revoke', 'serve')).stdout).toContain('nothing was connected');
  await failure(HostClient.connect({ address, runner }), 'HUB_REJECTED');
});

test('`carpool stop` ends one run of another machine by its id, and says whose it was; its runner is told', async () => {
  config({ echoes: 'echo' });
  await serving();
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const [one, stays] = [await remoteRun(await addressFor('one')), await remoteRun(await addressFor('else'))];
  const client = closing(await HostClient.connect({ address: addressOf(one), runner }));
  const kept = await closing(await HostClient.connect({ address: addressOf(stays), runner })).register('echoes');
  const { hosts } = JSON.parse((await carpool('ps', '--json')).stdout) as {
    hosts: { runs: { id: string; client?: string }[] }[];
  };
  const id = hosts.flatMap(({ runs }) => runs).find((run) => run.client === 'one')?.id ?? '';
  const { stdout } = await carpool('stop', id);
  expect(stdout).toMatch(
    /^carpool: has ended: the run of a test: \S+:\/, with the address of "one", pid \d+ there, with all that it held\n$/,
  );
  expect((await client.closed)?.code).toBe('HUB_LOST');
  await until('its runner has been told', () =>
    printed.mock.calls.some(([text]) => String(text).includes('This run was ended on the host of the machine')),
  );
  printed.mockRestore();
  expect(await kept.request({ type: 'query' })).toMatchObject({ type: 'reply' });
});

test.for([
  ['`carpool stop` of', 'carpool stop'],
  ['a signal to', 'SIGTERM'],
] as const)(
  '%s a host that serves other machines: they are told of that machine, by its address, and not of theirs',
  async ([, by]) => {
    config({ echoes: 'echo' });
    const { address, end } = await serving();
    const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const run = await remoteRun(address);
    const client = closing(await HostClient.connect({ address: addressOf(run), runner }));
    const session = await client.register('echoes');
    if (by === 'SIGTERM') end();
    else await carpool('stop');
    const [, place = ''] = /tls:\/\/([\d.:]+)/.exec(address) ?? [];
    const message = `On ${place}: The host of that machine was ended, by \`${by}\`: no test of this run can use it from here on. Run the tests again`;
    expect(await client.closed).toMatchObject({ code: 'HUB_LOST', message, context: { endedBy: by } });
    expect((await session.closed).error?.message).toBe(message);
    await until('its runner has been told', () => printed.mock.calls.some(([text]) => String(text).includes(message)));
    printed.mockRestore();
  },
);

test('a connection that was open when its address expired opens no run any more', async () => {
  const { hub } = await serve({});
  const clock = new FakeClock();
  const listener = await listening(hub, { clock });
  const [address = ''] = listener.invite({ name: 'ci', expires: 1_000 }).addresses;
  const peer = await peerOf(address);
  clock.pass(1_000);
  const answer = await peer.call({ method: 'openRun', run: { id: 'x', folder: '/', pid: 1, runner: 'x' } });
  expect((answer.body as Error).message).toContain('Cannot open a run: the address of "ci" has expired');
});

test('one address has at most half of the places at the hub of the machine, and what its runs have counts there', () => {
  const client = new RemoteClient({ name: 'ci' });
  const [machine, run] = [{} as RemoteHub, {} as RemoteHub];
  const sockets = Array.from({ length: 512 }, () => new Socket());
  for (const socket of sockets) {
    expect(client.full(machine)).toBeUndefined();
    client.add(socket, machine);
    client.add(new Socket(), run);
  }
  expect(client.full(machine)).toBe('512 connections with the address of "ci" are open already, and that is the limit');
  sockets[0]?.emit('close');
  expect(client.full(machine)).toBeUndefined();
});
