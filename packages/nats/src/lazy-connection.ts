/** The connection of a host, from when its config is loaded. What it needs of NATS is loaded here, and never by a test. */
import {
  CarpoolError,
  isCarpoolError,
  type ReachConnection,
  type ReachEvents,
  type ReachLease,
  type ReachWanted,
} from 'carpool';
import type { NatsConnected } from './connected.ts';
import type { ConnectionOptions } from './connection-options.ts';

export class LazyConnection implements ReachConnection {
  readonly #options: ConnectionOptions;
  #connecting: Promise<NatsConnected> | undefined;
  #opened: NatsConnected | undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    // At once, so that what must be waited for in a new run is over when the first test asks. Each call reports it.
    this.#connected().catch(() => {});
  }

  async ready(): Promise<void> {
    // Each call reports what fails.
    await this.#connected().then(
      (connected) => connected.ready(),
      () => {},
    );
  }

  acquire(wanted: ReachWanted, events: ReachEvents): ReachLease {
    let lease: ReachLease | undefined;
    let over = false;
    this.#connected().then(
      (connected) => {
        if (!over) lease = connected.acquire(wanted, events);
      },
      (thrown: unknown) => {
        if (!over) events.failed(thrown as CarpoolError);
      },
    );
    return {
      release: (amount) => {
        if (amount === undefined) over = true;
        lease?.release(amount);
      },
      describe: () => lease?.describe() ?? `${this.#options.name} is not connected yet`,
    };
  }

  async load(key: string): Promise<Uint8Array | undefined> {
    return await (await this.#connected()).load(key);
  }

  async store(key: string, value: Uint8Array): Promise<void> {
    await (await this.#connected()).store(key, value);
  }

  async close(): Promise<void> {
    this.#closed = true;
    // One that does not exist yet is closed when it does: the end of a run waits for no server.
    await this.#opened?.close();
  }

  /** A call after one that has failed tries again. */
  #connected(): Promise<NatsConnected> {
    if (this.#connecting !== undefined) return this.#connecting;
    const connecting = this.#connect();
    connecting.catch(() => (this.#connecting = undefined));
    this.#connecting = connecting;
    return connecting;
  }

  async #connect(): Promise<NatsConnected> {
    const { name } = this.#options;
    try {
      const { connectTo } = await import('./connected.ts');
      const connected = await connectTo(this.#options, () => this.#closed);
      this.#opened = connected;
      if (this.#closed) await connected.close();
      return connected;
    } catch (thrown) {
      if (isCarpoolError(thrown)) throw thrown;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new CarpoolError('REACH_UNAVAILABLE', `Cannot use ${name}: ${why}`, { cause: thrown });
    }
  }
}
