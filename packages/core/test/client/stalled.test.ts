// A process that is blocked while it connects: what has come meanwhile is read before it finds the host silent.
import { channel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { echoes, transport } from '../support/hubs.ts';
import { closing } from '../support/pools.ts';

/** Milliseconds. */
const timeout = 300;

/** As a test does that computes for long. */
function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

afterEach(() => (transport.tls = false));

test.each([false, true])('while the connection is made, by TLS: %s', async (tls) => {
  transport.tls = tls;
  const { address } = await echoes();
  const connecting = HostClient.connect({ address, runner: 'a test', timeout });
  block(3 * timeout);
  const client = closing(await connecting);
  expect(await client.pools()).toEqual(['echoes']);
});

test('while the host greets it', async () => {
  const { address } = await echoes();
  const dialled = channel('net.client.socket');
  let blocked = 0;
  const look = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    // The greeting is sent in the same turn.
    socket.once('connect', () => setImmediate(() => (blocked++, block(3 * timeout))));
  };
  dialled.subscribe(look);
  try {
    const client = closing(await HostClient.connect({ address, runner: 'a test', timeout }));
    expect([await client.pools(), blocked]).toEqual([['echoes'], 1]);
  } finally {
    dialled.unsubscribe(look);
  }
});
