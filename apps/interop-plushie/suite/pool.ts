/**
 * In the place of the SDK's `src/client/pool.ts`: its `SessionPool`, with sessions of a pool of Carpool's. It maps names
 * and does nothing else; each session is one `pooledBackend`.
 */
import { pooledBackend, type PooledTransport as Transport } from '@carpool/plushie/backend';
import type { OpenPool, PoolOptions } from './place.ts';
import { place } from './variables.ts';

// The SDK's own: it calls the methods below, and nothing else.
export { PooledTransport } from 'plushie/own/pool';

const { openPool } = place === 'in process' ? await import('./in-process.ts') : await import('./through-host.ts');

type Message = Record<string, unknown>;
type Handler = (message: Message) => void;

interface PoolSession {
  readonly transport: Transport;
  handler: Handler | null;
}

export class SessionPool {
  readonly #options: PoolOptions;
  readonly #sessions = new Map<string, PoolSession>();
  #open: OpenPool | undefined;
  #last = 0;

  constructor(options: Pick<PoolOptions, 'binary'> & Partial<PoolOptions>) {
    this.#options = { mode: 'mock', format: 'msgpack', maxSessions: 8, ...options };
  }

  start(): void {
    this.#open ??= openPool(this.#options);
  }

  /** As the SDK's, which does not wait for its renderer. */
  stop(): void {
    this.#sessions.clear();
    void this.#open?.close();
    this.#open = undefined;
  }

  register(): string {
    if (this.#open === undefined) throw new Error('The pool has not been started');
    this.#last += 1;
    const id = `pool_${this.#last}`;
    this.#sessions.set(id, { transport: pooledBackend(this.#open.pool)(), handler: null });
    return id;
  }

  async unregister(id: string): Promise<void> {
    await this.#sessions.get(id)?.transport.close();
    this.#sessions.delete(id);
  }

  /** The SDK's pool, too, writes the session itself. */
  sendToSession(id: string, message: Message): void {
    this.#sessions.get(id)?.transport.send({ ...message, session: '' });
  }

  onSessionMessage(id: string, handler: Handler): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    session.handler = handler;
    session.transport.onMessage(handler);
  }

  getSessionHandler(id: string): Handler | null {
    return this.#sessions.get(id)?.handler ?? null;
  }

  onSessionClose(id: string, handler: (reason: string) => void): void {
    this.#sessions.get(id)?.transport.onClose(handler);
  }

  mode(): 'mock' | 'headless' {
    return this.#options.mode;
  }
}
