/** Values of `once` that are too large for the bucket. */
import { connect } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { failure, TestHost } from './support/hosts.ts';
import { binary, oneServer, reason } from './support/servers.ts';

/** More than a socket holds. */
const large = new Uint8Array(30_000_000).map((_, at) => at % 251);

describe.skipIf(binary === undefined)(`a large value${reason}`, () => {
  test('comes as it was, in parts', async () => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url), new TestHost(url)];
    await a.connection.store('x', large);
    const found = await b.connection.load('x');
    expect(Buffer.compare(found ?? new Uint8Array(), large)).toBe(0);
  });

  test('of which the server is lost after some parts: it fails, and does not wait for ever', async () => {
    const server = await oneServer();
    const [a, b] = [new TestHost(server.url), new TestHost(server.url)];
    await a.connection.store('x', large);
    await b.connection.ready();
    const connection = await connect({ servers: server.url });
    onTestFinished(() => connection.close());
    const begun = new Promise<void>((resolve) => {
      // Nothing of it is read in this process before this has returned.
      connection.subscribe('$JS.API.CONSUMER.CREATE.>', { callback: () => resolve(server.kill()) });
    });
    await connection.flush();
    const loading = failure(b.connection.load('x'));
    await begun;
    await server.start();
    const { code, message } = await loading;
    expect(code).toBe('REACH_UNAVAILABLE');
    expect(message).toMatch(/^Cannot read the value "x" at NATS at .*, run "r": no part of it has come for 10 s$/);
  });
});
