/** The connection to a server: what answers, and what is left where nothing does. */
import { isCarpoolError } from 'carpool';
import { describe, expect, test } from 'vitest';
import { firstToAnswer } from '../src/answers.ts';
import { connectToServer } from '../src/connect.ts';
import type { ConnectionOptions } from '../src/connection-options.ts';
import type { NatsOptions } from '../src/index.ts';
import { accepting, type Accepting } from './support/accepting.ts';
import { binary, freePorts, oneServer, reason } from './support/servers.ts';

function to(servers: readonly string[], options: NatsOptions): ConnectionOptions {
  return { servers, options, proofInAddress: false, name: 'NATS', host: 'a test' };
}

async function failure(servers: readonly string[], options: NatsOptions): Promise<string> {
  const thrown: unknown = await connectToServer(to(servers, options), 'nats-server', () => false).then(
    async (connection) => await connection.close(),
    (error: unknown) => error,
  );
  return isCarpoolError(thrown) ? thrown.message : String(thrown);
}

test('something that takes connections and says nothing: one sentence, and no connection is left', async () => {
  const silent = await accepting();
  for (let attempt = 0; attempt < 3; attempt++)
    expect(await failure([silent.url], { connectTimeout: 100 })).toMatch(
      /^Cannot use NATS: no server answers there within 100 ms \(no word in time\): start one/,
    );
  expect(silent.accepted).toBeGreaterThanOrEqual(3);
  await expect.poll(() => silent.open).toBe(0);
});

test('something that is no server of NATS: the same', async () => {
  const web = await accepting((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  expect(await failure([web.url], { connectTimeout: 300 })).toMatch(
    /^Cannot use NATS: no server answers there within 300 ms/,
  );
  await expect.poll(() => web.open).toBe(0);
});

/** Says the same for ever: each part a little after the one before is sent. */
async function talking(part: string): Promise<Accepting> {
  return await accepting((socket) => {
    const say = (): void => void socket.write(part, () => setTimeout(say, 20));
    say();
  });
}

test('something that says a byte at a time, and never ends its line: the time for a connection is kept', async () => {
  const talks = await talking('x');
  const began = performance.now();
  expect(await failure([talks.url], { connectTimeout: 500 })).toMatch(
    /^Cannot use NATS: no server answers there within 500 ms \(no \w+ in time\): start one/,
  );
  expect(performance.now() - began).toBeLessThan(5_000);
  await expect.poll(() => talks.open).toBe(0);
});

test('something that says more than a line may have: no more of it is read', async () => {
  const talks = await talking('x'.repeat(64 * 1024));
  const thrown: unknown = await firstToAnswer([talks.url], 20_000).catch((error: unknown) => error);
  expect((thrown as AggregateError).errors).toEqual([
    new Error('its first line has more than 64 KiB, so it is no server of NATS'),
  ]);
  await expect.poll(() => talks.open).toBe(0);
});

test('what is not needed any more is not tried again', async () => {
  const web = await accepting((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const stopped = (): boolean => web.accepted > 0;
  await expect(connectToServer(to([web.url], { connectTimeout: 30_000 }), 'nats-server', stopped)).rejects.toThrow(
    'Cannot use NATS: the run has ended',
  );
  await expect.poll(() => web.open).toBe(0);
});

test.each([
  ['ca', '/nowhere/x.pem', /^Cannot use NATS: the file `tls\.ca` cannot be read: ENOENT.*\/nowhere\/x\.pem/],
  ['cert', '/nowhere/x.pem', /^Cannot use NATS: the file `tls\.cert` cannot be read: ENOENT/],
  ['key', '/nowhere/x.pem', /^Cannot use NATS: the file `tls\.key` cannot be read: ENOENT/],
  ['ca', import.meta.filename, /^Cannot use NATS: the file `tls\.ca` has no certificate in the format PEM$/],
  ['cert', import.meta.filename, /^Cannot use NATS: the file `tls\.cert` has no certificate in the format PEM$/],
  ['key', import.meta.filename, /^Cannot use NATS: the file `tls\.key` has no private key in the format PEM: /],
])('what is wrong with the file `%s` of TLS, %s, is said before there is any connection', async (file, path, says) => {
  const silent = await accepting();
  expect(await failure([silent.url], { connectTimeout: 300, tls: { [file]: path } })).toMatch(says);
  expect(silent.accepted).toBe(0);
});

describe.skipIf(binary === undefined)(`a connection${reason}`, () => {
  test('of several servers the first that answers: one is silent, and one is not there', async () => {
    const silent = await accepting();
    const [port = 0] = await freePorts(1);
    const { url } = await oneServer('');
    const servers = [silent.url, `127.0.0.1:${port}`, url.replace('127.0.0.1', 'localhost')];
    const connection = await connectToServer(to(servers, {}), 'nats-server', () => false);
    expect(connection.getServer()).toBe(`localhost:${new URL(url).port}`);
    await expect.poll(() => silent.open).toBe(0);
    await connection.close();
  });
});
