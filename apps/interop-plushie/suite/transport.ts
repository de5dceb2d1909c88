/**
 * In the place of the SDK's `src/client/transport.ts`: a transport with a session of a pool, where the SDK's spawns a
 * renderer. The SDK's integration tests speak the protocol on it.
 */
import { pooledBackend, type PooledTransport } from '@carpool/plushie/backend';
import { afterAll } from 'vitest';
import type { OpenPool, PoolOptions } from './place.ts';
import { place } from './variables.ts';

const { openPool } = place === 'in process' ? await import('./in-process.ts') : await import('./through-host.ts');

interface SpawnTransportOptions {
  readonly binary: string;
  readonly format?: 'msgpack' | 'json';
  readonly args?: readonly string[];
}

type Message = Record<string, unknown>;

const pools = new Map<string, OpenPool>();
afterAll(async () => {
  for (const { close } of pools.values()) await close();
});

/** One pool for all transports of a file that ask for the same, as an app has one backend. */
function poolFor(options: PoolOptions): OpenPool {
  const key = `${options.mode} ${options.format}`;
  const pool = pools.get(key) ?? openPool(options);
  pools.set(key, pool);
  return pool;
}

export class SpawnTransport {
  readonly format: 'msgpack' | 'json';
  readonly #transport: PooledTransport;

  constructor({ binary, format = 'msgpack', args = [] }: SpawnTransportOptions) {
    this.format = format;
    const { pool } = poolFor({ binary, format, mode: modeOf(args), maxSessions: 8 });
    this.#transport = pooledBackend(pool)();
  }

  send(message: Message): void {
    this.#transport.send(message);
  }

  onMessage(handler: (message: Message) => void): void {
    this.#transport.onMessage(handler);
  }

  onClose(handler: (reason: string) => void): void {
    this.#transport.onClose(handler);
  }

  /** As the SDK's, which does not wait for its renderer. */
  close(): void {
    void this.#transport.close();
  }
}

function modeOf(args: readonly string[]): 'mock' | 'headless' {
  switch (args.join(' ')) {
    case '--mock':
      return 'mock';
    case '--headless':
      return 'headless';
    default:
      throw new Error(`A pooled session has no arguments of its own: ${args.join(' ')}`);
  }
}
