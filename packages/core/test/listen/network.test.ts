// A network that delays, stalls and cuts, as a relay of the test's own that stands between the two machines.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { expect, test } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { formatAddress, isRemote, parseAddress } from '../../src/wire/address.ts';
import { failure } from '../support/failure.ts';
import { listening, serve, type Served } from '../support/hubs.ts';
import { closing, program, until } from '../support/pools.ts';

const runner = 'a test';

interface Network {
  /** Of the host, through this network. */
  readonly address: string;
  /** Milliseconds that a packet takes, each way. */
  delay: number;
  /** Nothing passes any more, and nothing ends. */
  stall(): void;
  /** After so many bytes from the client the connection is cut, in the middle of whatever it is. */
  cutAfter: number;
}

async function network(address: string): Promise<Network> {
  const parsed = parseAddress(address);
  if (!isRemote(parsed)) throw new Error('on this machine');
  const sockets = new Set<Socket>();
  let stalled = false;
  const state = { delay: 0, cutAfter: Infinity };
  const passing = (): Transform =>
    new Transform({
      transform(chunk: Buffer, _, done) {
        // Packets follow each other: each takes the delay, all of them no longer.
        const pass = (): void => void (stalled || this.push(chunk));
        if (state.delay === 0) pass();
        else setTimeout(pass, state.delay);
        done();
      },
    });
  const server = createServer((outer) => {
    const { host, port } = parsed;
    const inner = connect({ host, port });
    const cut = (): void => {
      for (const socket of [outer, inner]) socket.destroy();
    };
    for (const socket of [outer, inner]) {
      sockets.add(socket);
      socket.on('error', cut);
      socket.once('close', () => !stalled && cut());
    }
    let bytes = 0;
    outer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes >= state.cutAfter) setImmediate(cut);
    });
    outer.pipe(passing()).pipe(inner);
    inner.pipe(passing()).pipe(outer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing({
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  const { port } = server.address() as AddressInfo;
  const through = formatAddress({ ...parsed, host: '127.0.0.1', port });
  return Object.assign(state, {
    address: through,
    stall() {
      stalled = true;
    },
  });
}

async function slow(): Promise<Served & { readonly between: Network }> {
  const served = await serve({ echoes: program('echo') });
  const { address } = await listening(served.hub);
  return Object.assign(served, { between: await network(address) });
}

test('with 60 ms each way, large and small messages are whole and in order', async () => {
  const { between } = await slow();
  between.delay = 60;
  const client = closing(await HostClient.connect({ address: between.address, runner }));
  const session = await client.register('echoes');
  const text = 'x'.repeat(5 * 1024 * 1024);
  const large = session.request({ type: 'echo', text });
  const small = Array.from({ length: 500 }, (_, n) => session.request({ type: 'echo', n }));
  expect(((await large) as { echo: { text: string } }).echo.text === text).toBe(true);
  expect((await Promise.all(small)).map((reply) => (reply as { echo: { n: number } }).echo.n)).toEqual(
    small.map((_, n) => n),
  );
});

// The relay ends the connections itself: what acknowledges is the machine of the relay, as at the end of a tunnel.
test('a relay that swallows everything: the client gives up, and names the address', async () => {
  const { between } = await slow();
  const client = closing(await HostClient.connect({ address: between.address, runner }));
  const session = await client.register('echoes');
  const since = performance.now();
  between.stall();
  const error = await failure(session.request({ type: 'query' }), 'HUB_LOST');
  // By its turns within 14 s; on a busy machine each of them is late.
  expect(performance.now() - since).toBeLessThan(18_000);
  expect(error.message).toMatch(/because there was no answer for (?:[789]|1\d) s from the host at 127\.0\.0\.1:\d+, /);
});

test('the end of a session that is not confirmed while nothing passes is the network, and not the child', async () => {
  const { between } = await slow();
  const client = closing(await HostClient.connect({ address: between.address, runner }));
  const session = await client.register('echoes');
  between.stall();
  const { message, blame } = await failure(session.unregister(), 'HUB_LOST');
  expect(message).toMatch(
    /^Cannot unregister session s1: its end was not confirmed: no answer for [\d.]+ s from the host at 127\.0\.0\.1:\d+\. /,
  );
  expect(blame).toBe('setup');
});

test('a client that waits for nothing notices it, too', async () => {
  const { between } = await slow();
  const client = closing(
    await HostClient.connect({
      address: between.address,
      runner,
      heartbeat: { interval: 20, limit: 4 },
    }),
  );
  between.stall();
  expect((await client.closed)?.message).toMatch(/no answer for/);
});

test.each([1_000, 2_000, 5_000, 20_000, 100_000])(
  'a connection that is cut after %i bytes: the client says so, and the host has its slot back',
  async (bytes) => {
    const { between, pool } = await slow();
    between.cutAfter = bytes;
    const use = async (): Promise<unknown> => {
      const client = closing(await HostClient.connect({ address: between.address, runner, known: true }));
      const session = await client.register('echoes');
      for (let n = 0; n < 100; n++) await session.request({ type: 'echo', text: 'x'.repeat(1_000), n });
      throw new Error('it was not cut');
    };
    const error = await failure(use, 'HUB_LOST');
    expect(error.message).toMatch(
      /(?:connection to the host at 127\.0\.0\.1:\d+ ended|The host at 127\.0\.0\.1:\d+ cannot be reached any more: )/,
    );
    await until('its slot is free', () => pool().stats().open === 0);
    between.cutAfter = Infinity;
    const client = closing(await HostClient.connect({ address: between.address, runner }));
    await (await client.register('echoes')).unregister();
  },
);
