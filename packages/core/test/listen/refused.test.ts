// Who must not come in from another machine, and what stands in the way of who may: one sentence each, and nothing hangs.
import { once } from 'node:events';
import { createServer, connect, type AddressInfo } from 'node:net';
import { connect as connectSecurely, createServer as createSecureServer } from 'node:tls';
import { expect, test } from 'vitest';
import { noop } from '../../src/base/noop.ts';
import { HostClient } from '../../src/client/client.ts';
import { certify } from '../../src/machine/remote/certificate.ts';
import { formatAddress, parseAddress } from '../../src/wire/address.ts';
import { op } from '../../src/wire/frames.ts';
import { carpool, config } from '../cli/carpool.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';
import { echoes, listening, placeOf } from '../support/hubs.ts';
import { closing, until } from '../support/pools.ts';
import { RawPeer } from '../support/raw-peer.ts';
import { serving } from './support.ts';

const runner = 'a test';

/** A client of it, which holds a session while others misbehave. */
async function holding(address: string): Promise<() => Promise<void>> {
  const client = closing(await HostClient.connect({ address, runner }));
  const session = await client.register('echoes');
  return async () => expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
}

test('another certificate than that of the address: nothing is sent to it', async () => {
  const { hub } = await echoes();
  const { address } = await listening(hub);
  const other = formatAddress({ ...placeOf(address), fingerprint: 'a'.repeat(43) });
  const error = await failure(HostClient.connect({ address: other, runner }), 'HUB_REJECTED');
  const { host, port } = placeOf(address);
  expect(error.message).toBe(
    `Cannot use the host at ${host}:${port}: its certificate is not that of the address, and nothing was sent to it. It is another host, it was started again since, or the address was edited or cut: ask it for an address of today, by \`carpool address\` there`,
  );
  expect(hub.peers).toBe(0);
});

test('wrong tokens: the tenth in 10 s turns the address away for a minute, before any TLS', async () => {
  const { hub } = await echoes();
  const clock = new FakeClock();
  const logged: string[] = [];
  const { address } = await listening(hub, { clock, print: (text) => logged.push(text) });
  const works = await holding(address);
  const wrong = { address: formatAddress({ ...placeOf(address), token: 'f'.repeat(64) }), runner };
  for (let tries = 0; tries < 10; tries++) {
    const error = await failure(HostClient.connect(wrong), 'HUB_REJECTED');
    expect(error.message).toBe(
      'The host refused this connection: the token is not the one of this host; the address is of another run, or was edited',
    );
  }
  expect(logged).toEqual([
    'carpool: 127.0.0.1 is turned away for a minute, after too many wrong tokens, broken handshakes, or connections without a token\n',
  ]);
  const turnedAway = await failure(HostClient.connect({ address, runner }), 'HUB_UNREACHABLE');
  expect(turnedAway.message).toMatch(
    /^Cannot reach the host at 127\.0\.0\.1:\d+: it ended the connection before it had shown who it is; it turns an address away for a minute after 10 wrong tokens in 10 s\. The host has ended, or the address is that of another machine$/,
  );
  await works();
  clock.pass(60_000);
  closing(await HostClient.connect({ address, runner }));
});

test('wrong tokens that come slowly turn nobody away', async () => {
  const { hub } = await echoes();
  const clock = new FakeClock();
  const { address } = await listening(hub, { clock });
  const wrong = { address: formatAddress({ ...placeOf(address), token: 'f'.repeat(64) }), runner };
  for (let tries = 0; tries < 12; tries++) {
    await failure(HostClient.connect(wrong), 'HUB_REJECTED');
    clock.pass(1_200);
  }
  expect(closing(await HostClient.connect({ address, runner })).over).toBe(false);
});

test('an address that has expired opens no connection, and those that are open go on', async () => {
  const { hub } = await echoes();
  const clock = new FakeClock();
  const listener = await listening(hub, { clock });
  const [address = ''] = listener.invite({ name: 'ci', expires: 1_000 }).addresses;
  const works = await holding(address);
  clock.pass(1_000);
  // They were good once: they are no guesses, and turn their machine away from nothing.
  for (let tries = 0; tries < 12; tries++) {
    const error = await failure(HostClient.connect({ address, runner }), 'HUB_REJECTED');
    expect(error.message).toBe(
      'The host refused this connection: the address of "ci" has expired; `carpool address --for NAME` on the machine of the host makes another one',
    );
  }
  closing(await HostClient.connect({ address: listener.address, runner }));
  await works();
  expect(listener.status().clients).toEqual([
    { name: 'a test', expires: undefined, connections: 1 },
    { name: 'ci', expires: 0, connections: 1 },
  ]);
});

test('another version of the wire is refused, and both versions are named', async () => {
  const { hub } = await echoes();
  const { address } = await listening(hub);
  const peer = await RawPeer.connect(address);
  const answer = await peer.greet({ token: placeOf(address).token, wire: 99, version: '9.8.7' });
  expect(answer).toMatchObject({ op: op.FAILED, body: { code: 'HUB_REJECTED' } });
  expect((answer.body as Error).message).toContain('the worker has carpool 9.8.7 (wire 99), the host has carpool');
  await peer.closed;
});

test('a port at which nothing listens', async () => {
  const { hub } = await echoes();
  const listener = await listening(hub);
  listener.close();
  const error = await failure(HostClient.connect({ address: listener.address, runner }), 'HUB_UNREACHABLE');
  expect(error.message).toMatch(
    /^Cannot reach the host at 127\.0\.0\.1:\d+: connect ECONNREFUSED 127\.0\.0\.1:\d+\. The host has ended, or the address is that of another machine$/,
  );
});

test('a host that takes the connection and says nothing is given up after the connect time-out', async () => {
  const silent = closing(createServer(() => {}));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const address = formatAddress({ host: '127.0.0.1', port, fingerprint: 'a'.repeat(43), token: 'a'.repeat(64) });
  const error = await failure(HostClient.connect({ address, runner, timeout: 200 }), 'HUB_UNREACHABLE');
  expect(error.message).toBe(
    `Cannot reach the host at 127.0.0.1:${port}: no answer for 0.2 s. The machine is gone, or the network between does not let the connection through`,
  );
});

test('what listens there speaks no TLS', async () => {
  const plain = closing(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const { port } = plain.address() as AddressInfo;
  const address = formatAddress({ host: '127.0.0.1', port, fingerprint: 'a'.repeat(43), token: 'a'.repeat(64) });
  const error = await failure(HostClient.connect({ address, runner }), 'HUB_UNREACHABLE');
  expect(error.message).toBe(
    `Cannot reach the host at 127.0.0.1:${port}: what listens there does not speak TLS 1.3. The host has ended, or the address is that of another machine`,
  );
});

test('what listens there speaks TLS 1.2 alone', async () => {
  const { key, cert, fingerprint } = certify();
  const old = closing(createSecureServer({ key, cert, maxVersion: 'TLSv1.2' }));
  old.listen(0, '127.0.0.1');
  await once(old, 'listening');
  const { port } = old.address() as AddressInfo;
  const address = formatAddress({ host: '127.0.0.1', port, fingerprint, token: 'a'.repeat(64) });
  const error = await failure(HostClient.connect({ address, runner }), 'HUB_UNREACHABLE');
  expect(error.message).toContain('what listens there does not speak TLS 1.3');
});

test('a client without TLS is disconnected, and after 10 of them the address is turned away', async () => {
  const { hub } = await echoes();
  const clock = new FakeClock();
  const { address } = await listening(hub, { clock });
  const works = await holding(address);
  const { host, port } = placeOf(address);
  for (let tries = 0; tries < 10; tries++) {
    const socket = connect({ host, port });
    closing({ close: () => socket.destroy() });
    socket.on('error', () => {}); // `close` follows
    socket.resume().write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
    await once(socket, 'close');
  }
  const error = await failure(HostClient.connect({ address, runner }), 'HUB_UNREACHABLE');
  expect(error.message).toContain('it ended the connection before it had shown who it is');
  await works();
});

test('TLS 1.2 is refused', async () => {
  const { hub } = await echoes();
  const { host, port } = placeOf((await listening(hub)).address);
  const socket = connectSecurely({ host, port, maxVersion: 'TLSv1.2', rejectUnauthorized: false });
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toContain('protocol version');
});

test.each(['before the handshake', 'within it', 'after it, without a greeting', 'within the greeting'])(
  'a connection that stops %s is ended in time, and others go on',
  async (when) => {
    const { hub } = await echoes();
    const clock = new FakeClock();
    const { address } = await listening(hub, { clock });
    const works = await holding(address);
    const { host, port } = placeOf(address);
    const secure = when.startsWith('after') || when === 'within the greeting';
    const socket = secure ? connectSecurely({ host, port, rejectUnauthorized: false }) : connect({ host, port });
    closing({ close: () => socket.destroy() });
    socket.on('error', () => {}); // `close` follows
    await once(socket, secure ? 'secureConnect' : 'connect');
    const closed = once(socket, 'close');
    // The beginning of a record of the handshake, and of a frame.
    if (when === 'within it') socket.write(Buffer.from([0x16, 3, 1, 0, 200, 1, 0]));
    if (when === 'within the greeting') socket.write(Buffer.from([0, 0, 0, 100, 1]));
    socket.resume();
    await works();
    clock.pass(9_999);
    await works();
    expect(socket.destroyed).toBe(false);
    clock.pass(1);
    await closed;
    await works();
  },
);

test('connections that show no token are bounded, and do not keep out one that has shown its own', async () => {
  const { hub } = await echoes();
  const { address } = await listening(hub, { limits: { unprovenOfOne: 3 } });
  const works = await holding(address);
  const { host, port } = placeOf(address);
  const sockets = Array.from({ length: 6 }, () =>
    connect({ host, port })
      .on('error', () => {})
      .resume(),
  );
  for (const socket of sockets) closing({ close: () => socket.destroy() });
  await until('those beyond the limit are dropped', () => sockets.filter(({ closed }) => closed).length === 3);
  await works();
  const error = await failure(HostClient.connect({ address, runner }), 'HUB_UNREACHABLE');
  expect(error.message).toContain('it ended the connection before it had shown who it is');
  for (const socket of sockets) socket.destroy();
  await until('there is room again', () =>
    HostClient.connect({ address, runner }).then(
      (client) => (client.close(), true),
      () => false,
    ),
  );
});

test.each([
  ['ends the host', { method: 'stop' }, 'a run or a host is ended on its own machine, by `carpool stop`'],
  [
    'makes addresses',
    { method: 'invite', name: 'x' },
    'addresses for other machines are given out, and taken back, by `carpool address`',
  ],
  ['takes addresses back', { method: 'revoke', name: 'a test' }, 'and taken back, by `carpool address`'],
  ['opens a run by an address of no run', { method: 'openRun' }, 'asks the host of one run'],
  [
    'starts a shared worker from a file',
    { method: 'sharedWorker', filename: '/etc/passwd' },
    'name it in the config there',
  ],
  [
    'has a module of this machine called',
    { method: 'once', lease: 1, key: 'k', cleanup: 'file:///etc/passwd' },
    '`cleanup` of `once` runs on the machine of the host',
  ],
  ['says that a file is lost', { method: 'once', lease: 1, key: 'k', lost: '/etc/passwd' }, 'the name of a file'],
])('a process on another machine that %s is refused, and goes on', async (_, request, why) => {
  const { hub } = await echoes();
  const { address } = await listening(hub);
  const peer = await RawPeer.join({ path: address, token: placeOf(address).token });
  const answer = await peer.call(request);
  expect(answer).toMatchObject({ op: op.FAILED, body: { code: 'HUB_REJECTED' } });
  expect((answer.body as Error).message).toContain(why);
  expect(await peer.call({ method: 'ping' })).toMatchObject({ op: op.RESULT });
});

test('the log of a host says who was refused, and why: from this machine and from others, without a token', async () => {
  config({ echoes: 'echo' });
  const { address, own, next } = await serving();
  const { path, token } = parseAddress(own) as { readonly path: string; readonly token: string };
  const time = String.raw`^\d{4}-\d\d-\d\dT[\d:.]+Z`;
  await failure(HostClient.connect({ address: `carpool:${path}#${'e'.repeat(64)}`, runner }), 'HUB_REJECTED');
  expect(await next()).toMatch(
    new RegExp(`${time} refused: a connection from this machine \\(a test, pid ${process.pid}\\): the token is not`),
  );
  const peer = await RawPeer.connect(path);
  await peer.greet({ token, wire: 99, version: '9.8.7' });
  expect(await next()).toMatch(
    new RegExp(`${time} refused: a connection from this machine.*: the worker has carpool 9.8.7 \\(wire 99\\)`),
  );
  const wrong = formatAddress({ ...placeOf(address), token: 'e'.repeat(64) });
  for (let tries = 0; tries < 3; tries++) await failure(HostClient.connect({ address: wrong, runner }), 'HUB_REJECTED');
  expect(await next()).toMatch(
    new RegExp(`${time} refused: a connection from 127.0.0.1 \\(a test, pid ${process.pid}\\): the token is not`),
  );
  const { host, port } = placeOf(address);
  const stranger = connect(port, host);
  stranger.end('GET / HTTP/1.1\r\n\r\n');
  stranger.on('error', noop);
  // The two that are the same are counted: they have no lines so far.
  expect(await next()).toMatch(
    new RegExp(`${time} refused: a connection from 127.0.0.1: its TLS handshake has failed \\(ERR_SSL_`),
  );
  expect((await carpool('address', '--revoke', 'serve')).code).toBe(0);
  await failure(HostClient.connect({ address, runner }), 'HUB_REJECTED');
  expect(await next()).toMatch(/: the address of "serve" was revoked; `carpool address --for NAME` on the machine/);
});
