/**
 * In the place of the SDK's `src/client/transport.ts`: a transport with a session of a pool, where the SDK's spawns a
 * renderer. The SDK's integration tests speak the protocol on it.
 */
import { pooledBackend, type PooledTransport } from '@carpool/plushie/backend';
import type { OpenPool } from './place.ts';
import { place } from './variables.ts';

const { openPool } = place === 'in process' ? await import('./in-process.ts') : await import('./through-host.ts');

interface SpawnTransportOptions {
  readonly binary: string;
  readonly format?: 'msgpack' | 'json';
  readonly args?: readonly string[];
}

type Message = Record<string, unknown>;

export class SpawnTransport {
  readonly format: 'msgpack' | 'json';
  readonly #open: OpenPool;
  readonly #transport: PooledTransport;

  constructor({ binary, format = 'msgpack', args = [] }: SpawnTransportOptions) {
    if (args.join(' ') !== '--mock') throw new Error(`A pooled session has no arguments of its own: ${args.join(' ')}`);
    this.format = format;
    this.#open = openPool({ binary, format, mode: 'mock', maxSessions: 8 });
    this.#transport = pooledBackend(this.#open.pool)();
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
    void this.#transport.close().then(() => this.#open.close());
  }
}
