// What a worker must send before anything else is read.
import { randomBytes } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HostClient } from '../../../src/client/client.ts';
import { joinSession } from '../../../src/client/join.ts';
import { makeHostDirectory } from '../../../src/hosts/host-directory.ts';
import { formatAddress } from '../../../src/wire/address.ts';
import { op, wireVersion } from '../../../src/wire/frames.ts';
import { version } from '../../../src/base/version.ts';
import { FakeClock } from '../../support/clock.ts';
import { failure } from '../../support/failure.ts';
import { echoes, serve, type Served } from '../../support/hubs.ts';
import { place, program } from '../../support/pools.ts';
import { RawPeer } from '../../support/raw-peer.ts';

/** The hub must still serve well-behaved workers. */
async function expectServing(served: Served): Promise<void> {
  const client = await served.connect();
  await using session = await client.register('echoes');
  expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
}

test('a worker with the token is greeted with its number and the version', async () => {
  const served = await echoes();
  const [first, second] = [await RawPeer.connect(served.path), await RawPeer.connect(served.path)];
  expect(await first.greet(served)).toMatchObject({ op: op.RESULT, body: { peer: 1, version } });
  expect(await second.greet(served)).toMatchObject({ op: op.RESULT, body: { peer: 2, version } });
});

test.each([
  ['another token', { token: 'f'.repeat(64) }],
  ['a token that is too short', { token: 'f' }],
  ['a token of another type', { token: 7 }],
  ['no token', {}],
  ['another method', { method: 'pools' }],
])('%s is refused, and the worker is disconnected', async (_, greeting) => {
  const served = await echoes();
  const peer = await RawPeer.connect(served.path);
  const answer = await peer.greet(greeting);
  expect(answer).toMatchObject({ op: op.FAILED, body: { code: 'HUB_REJECTED' } });
  expect((answer.body as Error).message).toContain('the token is not the one of this host');
  await peer.closed;
  await expectServing(served);
});

test('a client with a wrong token gets an error that says so', async () => {
  const served = await echoes();
  const address = formatAddress({ path: served.path, token: randomBytes(32).toString('hex') });
  const error = await failure(HostClient.connect({ address, runner: 'a test' }), 'HUB_REJECTED');
  expect(error.message).toBe(
    'The host refused this connection: the token is not the one of this host; the address is of another run, or was edited',
  );
  expect(error.scope).toBe('hub');
});

test('another version of the wire is refused, and both versions are named', async () => {
  const served = await echoes();
  const peer = await RawPeer.connect(served.path);
  const answer = await peer.greet({ token: served.token, wire: 99, version: '9.8.7' });
  expect(answer).toMatchObject({ op: op.FAILED, body: { code: 'HUB_REJECTED' } });
  const { message } = answer.body as Error;
  expect(message).toContain('the worker has carpool 9.8.7 (wire 99)');
  expect(message).toContain(`the host has carpool ${version} (wire ${wireVersion})`);
  expect(message).toContain('install one version');
  await peer.closed;
});

test('a connection without a greeting in time is closed', async () => {
  const clock = new FakeClock();
  const served = await serve({ echoes: program('echo') }, { clock });
  const silent = await RawPeer.connect(served.path);
  const slow = await RawPeer.connect(served.path);
  slow.write(new Uint8Array([0, 0, 1]));
  await expect.poll(() => served.hub.peers).toBe(2);
  clock.pass(4_999);
  expect(served.hub.peers).toBe(2);
  clock.pass(1);
  await Promise.all([silent.closed, slow.closed]);
  await expect.poll(() => served.hub.peers).toBe(0);
});

test.each([
  ['a greeting that is too large', Buffer.concat([Buffer.from([0, 1, 0, 1]), Buffer.alloc(70_000, 0x20)])],
  ['a length that is absurd', Buffer.from([0xff, 0xff, 0xff, 0xff, 1])],
  ['a frame without a head', Buffer.from([0, 0, 0, 3, 1, 0, 0])],
  ['text', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a greeting that is no JSON', Buffer.from([0, 0, 0, 11, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0x7b, 0x7b])],
  ['a greeting that is no object', Buffer.from([0, 0, 0, 13, 1, 0, 0, 0, 0, 0, 0, 0, 1, ...Buffer.from('null')])],
  ['noise', randomBytes(100_000)],
])('%s ends that worker, and no other', async (_, bytes) => {
  const served = await echoes();
  const peer = await RawPeer.connect(served.path);
  peer.write(bytes);
  await peer.closed;
  await expectServing(served);
});

describe('the number of workers', () => {
  test('is bounded, and the error of a worker beyond the limit says so', async () => {
    const served = await serve({ echoes: program('echo') }, { limits: { maxPeers: 2 } });
    const [first] = [await served.connect(), await served.connect()];
    const error = await failure(served.connect(), 'HUB_REJECTED');
    expect(error.message).toMatch(/2 workers are connected/);
    first.close();
    await first.closed;
    await expect.poll(() => served.hub.peers).toBeLessThan(2);
    await expectServing(served);
  });

  test('counts no process that has joined a session, of which there may be as many, nor what only looks', async () => {
    const served = await serve({ echoes: program('echo') }, { limits: { maxPeers: 2 } });
    const client = await served.connect();
    const session = await client.register('echoes');
    const joined = [await joinSession(await session.address()), await joinSession(await session.address())];
    expect([served.hub.peers, served.hub.joinedProcesses]).toEqual([1, 2]);
    const error = await failure(joinSession(await session.address()), 'HUB_REJECTED');
    expect(error.message).toContain('2 joined processes are connected already, and that is the limit');
    await expectServing(served);
    const observer = await HostClient.connect({ address: served.address, runner: 'carpool ps', observer: true });
    expect((await observer.ask({ method: 'status' }, 1_000)).runs).toEqual([]);
    observer.close();
    for (const each of joined) await each.unregister();
    await expect.poll(() => served.hub.joinedProcesses).toBe(0);
  });
});

test.each([
  ['nothing', '', 'is none of Carpool: those begin with `carpool:` or `carpool+tls:`'],
  ['another scheme', 'http://localhost:80', 'is none of Carpool: those begin with `carpool:` or `carpool+tls:`'],
  ['a short token', 'carpool:/tmp/hub#abc', 'was edited, or a part of it is missing: copy all of it'],
  [
    'one without its fingerprint',
    `carpool+tls://10.0.0.5:7000/#${'a'.repeat(64)}`,
    'was edited, or a part of it is missing: copy all of it',
  ],
  // As a `.env` file without quotes cuts it.
  [
    'one that was cut off',
    'carpool+tls://10.0.0.5:7000/',
    'was cut off before the `#`, which begins a comment in some files: copy all of it, in quotes',
  ],
])('%s is no address of a host', async (_, address, why) => {
  const error = await failure(HostClient.connect({ address, runner: 'a test' }), 'HUB_UNREACHABLE');
  expect(error.message).toBe(`Cannot connect to the host: its address ${why}`);
});

test('a host that is not there is unreachable, and the error gives no advice about the set-up, which has made the address', async () => {
  const path = `${place().path}/missing`;
  const address = formatAddress({ path, token: 'a'.repeat(64) });
  const error = await failure(HostClient.connect({ address, runner: 'a test' }), 'HUB_UNREACHABLE');
  expect(error.message).toContain(`Cannot reach the host at ${path}`);
  expect(error.message).not.toContain('global setup');
});

describe('the place of a host', () => {
  test('is a folder that only its user may enter', () => {
    const made = makeHostDirectory([place().path]);
    expect(statSync(made.folder).mode & 0o777).toBe(0o700);
    made.remove();
    expect(statSync(made.folder, { throwIfNoEntry: false })).toBe(undefined);
    made.remove();
  });

  test('is where the path of its socket is not too long', () => {
    const deep = `${place().path}/${'d'.repeat(100)}`;
    mkdirSync(deep);
    const made = makeHostDirectory([deep, place().path]);
    expect(made.socket.startsWith(deep)).toBe(false);
    made.remove();
  });

  test('with a path too long for a socket is reported in one sentence', async () => {
    const deep = `${place().path}/${'d'.repeat(100)}`;
    const error = await failure(() => makeHostDirectory([deep]), 'HUB_UNREACHABLE');
    expect(error.message).toMatch(
      /^Cannot listen on a socket: \S+d\/carpool-\d+-[0-9a-f]+\/wzzz .*longer than the 10\d bytes.*; set TMPDIR to a shorter path$/,
    );
  });

  test('that cannot be written to is reported in one sentence', async () => {
    const error = await failure(() => makeHostDirectory(['/proc', '/no/such/folder']), 'HUB_UNREACHABLE');
    expect(error.message).toMatch(
      /^Cannot make a folder for the socket in \/proc: .*; in \/no\/such\/folder: ENOENT[^;]*$/,
    );
  });
});
