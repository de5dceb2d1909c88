/** Where hosts of all runs hear of each other: a subject, without JetStream and without a run, on a connection of its own. */
import type { NatsConnection } from '@nats-io/transport-node';
import { CarpoolError, isCarpoolError, type Topic, type TopicOptions } from 'carpool';
import type { ConnectionOptions } from './connection-options.ts';

const subject = 'carpool.hosts';
/** Milliseconds between two attempts that have failed. */
const retryWait = 2_000;
/** Milliseconds for the end of a connection. */
const closeTimeout = 3_000;

const noop = (): void => {};

export class NatsTopic implements Topic {
  readonly #options: ConnectionOptions;
  readonly #events: TopicOptions;
  #connection: NatsConnection | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ConnectionOptions, events: TopicOptions) {
    this.#options = options;
    this.#events = events;
    void this.#connect();
  }

  publish(text: string): void {
    if (this.#connection?.isClosed() === false) this.#connection.publish(subject, text);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    // One that does not exist yet is closed when it does.
    const connection = this.#connection;
    if (connection === undefined) return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, closeTimeout);
    await Promise.race([connection.flush().catch(() => {}), late.promise]);
    clearTimeout(timer);
    await connection.close();
  }

  async #connect(): Promise<void> {
    try {
      // Loaded here, and never by a test.
      const { connectToServer } = await import('./connect.ts');
      const connection = await connectToServer(this.#options);
      if (this.#closed) {
        await connection.close();
        return;
      }
      this.#connection = connection;
      connection.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) this.#events.heard(message.string());
        },
      });
      void this.#watch(connection);
      // From here on the server knows of the subscription.
      await connection.flush();
      this.#events.connected();
    } catch (thrown) {
      if (this.#closed) return;
      this.#events.failed(isCarpoolError(thrown) ? thrown : this.#unavailable(String(thrown)));
      this.#retry = setTimeout(() => void this.#connect(), retryWait);
    }
  }

  /** It connects again by itself, and subscribes again. */
  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (this.#closed) return;
      if (type === 'disconnect') this.#events.failed(this.#unavailable('the connection was lost'));
      if (type === 'reconnect') connection.flush().then(() => this.#events.connected(), noop); // else it is lost again
    }
  }

  #unavailable(why: string): CarpoolError {
    return new CarpoolError('REACH_UNAVAILABLE', `Cannot use ${this.#options.name}: ${why}`);
  }
}
