// What a stranger can make a host do before it has shown a token, and what neither clocks nor TLS sessions may open.
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { connect as connectSecurely, createServer as createSecureServer, type TLSSocket } from 'node:tls';
import { expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { json } from '../../src/codec/json.ts';
import { certify } from '../../src/machine/remote/certificate.ts';
import { formatAddress, type RemotePlace } from '../../src/wire/address.ts';
import { op, wireVersion, writePayload } from '../../src/wire/frames.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';
import { echoes, listening, placeOf } from '../support/hubs.ts';
import { closing } from '../support/pools.ts';

const runner = 'a test';

/** A call of a worker, as it goes over the wire. */
function frame(call: number, request: object): Buffer {
  const payload = writePayload(op.CALL, 0, call, json.encode(request));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(payload.length);
  return Buffer.concat([head, payload]);
}

function greeting(token: string, more: object = {}): Buffer {
  return frame(1, { method: 'greet', token, wire: wireVersion, version: '0', runner, pid: 1, ...more });
}

async function secure({ host, port }: RemotePlace, session?: Buffer): Promise<TLSSocket> {
  const socket = connectSecurely({ host, port, rejectUnauthorized: false, session });
  closing({ close: () => socket.destroy() });
  socket.on('error', () => {}); // `close` follows
  await once(socket, 'secureConnect');
  return socket;
}

/** What comes until it has all of the words. */
async function heard(socket: TLSSocket, ...words: readonly string[]): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (words.every((word) => text.includes(word))) break;
  }
  return text;
}

test('a TLS session that is resumed opens nothing: a token is shown on each connection', async () => {
  const { hub } = await echoes();
  const clock = new FakeClock();
  const listener = await listening(hub, { clock });
  const [address = ''] = listener.invite({ name: 'ci', expires: 1_000 }).addresses;
  const { token, ...place } = placeOf(address);
  const first = await secure(place);
  const ticket = once(first, 'session');
  first.write(greeting(token));
  const [session] = (await ticket) as [Buffer];
  first.destroy();
  clock.pass(1_000);
  const expired = await secure(place, session);
  expect(expired.isSessionReused()).toBe(true);
  expired.write(greeting(token));
  expect(await heard(expired, 'expired')).toContain('has expired');
  const without = await secure(place, session);
  without.write(frame(1, { method: 'ping' }));
  expect(await heard(without, 'token')).toContain('the token is not the one of this host');
  // Another host has other keys.
  const other = await secure(placeOf((await listening(hub)).address), session);
  expect(other.isSessionReused()).toBe(false);
});

test('a greeting that comes a byte at a time, with the first call behind it, is read once and whole', async () => {
  const { hub } = await echoes();
  const { token, ...place } = placeOf((await listening(hub)).address);
  const socket = await secure(place);
  const all = Buffer.concat([greeting(token), frame(2, { method: 'pools' })]);
  const last = greeting(token).length - 1;
  for (let at = 0; at < last; at++) {
    socket.write(all.subarray(at, at + 1));
    // A record of TLS each.
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.write(all.subarray(last));
  expect(await heard(socket, '"peer"', '"echoes"')).toContain('"peer"');
});

test.each([
  ['a length of nothing', Buffer.from([0, 0, 0, 0])],
  ['a length of 4 GB', Buffer.from([0xff, 0xff, 0xff, 0xff])],
  ['a greeting of more than 64 KiB', greeting('a'.repeat(64), { runner: 'x'.repeat(65 * 1024) })],
  ['no JSON', frame(1, {}).fill(0x7b, 13)],
  [
    'JSON that is no object',
    Buffer.concat([Buffer.from([0, 0, 0, 10]), writePayload(op.CALL, 0, 1, Buffer.from('7'))]),
  ],
  ['a token that is no text', greeting('', { token: { length: 64 } })],
])('%s: refused, without more being read', async (_, bytes) => {
  const { hub } = await echoes();
  const { address } = await listening(hub);
  const socket = await secure(placeOf(address));
  const closed = new Promise((resolve) => void socket.once('close', resolve));
  socket.resume().write(bytes);
  await closed;
  expect(closing(await HostClient.connect({ address, runner })).over).toBe(false);
});

/** So many connections of this machine that end without a token, some of them with a handshake before. */
async function strangers(place: RemotePlace, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const { host, port } = place;
    const socket = at % 10 === 0 ? await secure(place) : connect({ host, port });
    socket.on('error', () => {}); // `close` follows
    if (at % 10 !== 0) await once(socket, 'connect');
    socket.destroy();
    await once(socket, 'close');
  }
}

test('200 connections in 10 s that show nothing turn their address away; fewer do not', async () => {
  const { hub } = await echoes();
  const clock = new FakeClock();
  const { address } = await listening(hub, { clock });
  const works = closing(await HostClient.connect({ address, runner }));
  const session = await works.register('echoes');
  await strangers(placeOf(address), 190);
  closing(await HostClient.connect({ address, runner }));
  clock.pass(10_000);
  await strangers(placeOf(address), 205).catch(() => {}); // the last ones are not taken any more
  const error = await failure(HostClient.connect({ address, runner }), 'HUB_UNREACHABLE');
  expect(error.message).toContain('it ended the connection before it had shown who it is');
  expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  clock.pass(60_000);
  closing(await HostClient.connect({ address, runner }));
});

test.each([
  ['a year behind', -365],
  ['four years ahead, after its end', 4 * 3_650],
])('the clock of the machine of the host is %s: its certificate is known by its fingerprint alone', async (_, days) => {
  const { hub, token, path } = await echoes();
  expect(hub.peers).toBe(0);
  const { key, cert, fingerprint } = certify(new Date(Date.now() - days * 24 * 60 * 60 * 1_000));
  const server = closing(
    createSecureServer({ key, cert, minVersion: 'TLSv1.3' }, (socket) => {
      const inner = connect(path);
      for (const one of [socket, inner]) one.on('error', () => {});
      socket.pipe(inner).pipe(socket);
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const address = formatAddress({ host: '127.0.0.1', port, fingerprint, token });
  const client = await HostClient.connect({ address, runner });
  expect(await client.pools()).toEqual(['echoes']);
  client.close();
});

test('a wall clock that jumps expires no address, and makes none last longer', async () => {
  const { hub } = await echoes();
  const clock = new FakeClock();
  const listener = await listening(hub, { clock });
  const [address = ''] = listener.invite({ name: 'ci', expires: 60_000 }).addresses;
  const day = 24 * 60 * 60 * 1_000;
  const real = Date.now();
  const wall = vi.spyOn(Date, 'now').mockReturnValue(real + day);
  closing(await HostClient.connect({ address, runner }));
  clock.pass(59_999);
  closing(await HostClient.connect({ address, runner }));
  wall.mockReturnValue(real - day);
  clock.pass(1);
  const error = await failure(HostClient.connect({ address, runner }), 'HUB_REJECTED');
  expect(error.message).toContain('has expired');
  wall.mockRestore();
});

test('an address that names a port of something else gets no token, whatever it says in TLS', async () => {
  const { key, cert } = certify();
  const got: Buffer[] = [];
  const thief = closing(
    createSecureServer({ key, cert }, (socket) => {
      socket.on('error', () => {}).on('data', (chunk: Buffer) => got.push(chunk));
      // It greets first, as a host never does.
      socket.write(greeting('f'.repeat(64)));
    }),
  );
  thief.listen(0, '127.0.0.1');
  await once(thief, 'listening');
  const { port } = thief.address() as AddressInfo;
  const address = formatAddress({
    host: '127.0.0.1',
    port,
    fingerprint: certify().fingerprint,
    token: 'a'.repeat(64),
  });
  await failure(HostClient.connect({ address, runner }), 'HUB_REJECTED');
  expect(got).toEqual([]);
});
