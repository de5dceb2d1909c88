/**
 * Where hosts of all runs hear of each other: a subject for what is offered and one for who asks, without JetStream and without
 * a run, on a connection of its own.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { CarpoolError, isCarpoolError, type Topic, type TopicOptions } from 'carpool';
import type { ConnectionOptions } from './connection-options.ts';

const offers = 'carpool.hosts';
const asks = 'carpool.hosts.asks';
/** Milliseconds between two attempts. */
export interface TopicWaits {
  readonly retry: number;
  /** Where the server has refused something: who changes that is not quick. */
  readonly refused: number;
}

const usualWaits: TopicWaits = { retry: 2_000, refused: 30_000 };
/** Milliseconds for the end of a connection. */
const closeTimeout = 3_000;
/** Asks whether it may be published. It says nothing: others pass over it. */
const probe = '{}';
/** Bytes of a text that is read: no host announces as much. */
const mostBytes = 256 * 1024;

const noop = (): void => {};

export class NatsTopic implements Topic {
  readonly #options: ConnectionOptions;
  readonly #events: TopicOptions;
  readonly #waits: TopicWaits;
  /** Subjects. */
  readonly #says: string;
  readonly #hears: string;
  #connection: NatsConnection | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param waits for tests */
  constructor(options: ConnectionOptions, events: TopicOptions, waits: TopicWaits = usualWaits) {
    this.#options = options;
    this.#events = events;
    this.#waits = waits;
    [this.#says, this.#hears] = events.role === 'offers' ? [offers, asks] : [asks, offers];
    void this.#connect();
  }

  publish(text: string): void {
    const connection = this.#connection;
    if (connection === undefined || connection.isClosed() || this.#closed) return;
    try {
      connection.publish(this.#says, text);
    } catch (thrown) {
      const { max_payload: most } = connection.info ?? {};
      const why = `${Buffer.byteLength(text)} bytes cannot be published, and the server takes ${most} at most`;
      this.#events.failed(this.#unavailable(`${why} (${String(thrown)}): see its \`max_payload\``, thrown));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    // One that does not exist yet is closed when it does.
    const connection = this.#connection;
    if (connection === undefined) return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, closeTimeout);
    await Promise.race([connection.flush().catch(noop), late.promise]);
    clearTimeout(timer);
    await connection.close();
  }

  async #connect(): Promise<void> {
    // Loaded here, and never by a test.
    const { connectToServer, isFinal } = await import('./connect.ts');
    try {
      const connection = await connectToServer(this.#options, 'nats-server', () => this.#closed);
      if (this.#closed) await connection.close();
      else this.#use(connection);
    } catch (thrown) {
      const error = isCarpoolError(thrown) ? thrown : this.#unavailable(String(thrown), thrown);
      this.#again(error, isFinal(error.cause) ? this.#waits.refused : this.#waits.retry);
    }
  }

  #use(connection: NatsConnection): void {
    this.#connection = connection;
    void this.#watch(connection);
    connection.subscribe(this.#hears, {
      callback: (error, message) => {
        // What is refused comes as a status, too.
        if (error !== null || message.data.length > mostBytes) return;
        const text = message.string();
        if (text !== probe) this.#events.heard(text);
      },
    });
    void this.#prove(connection);
  }

  /** From here on the server knows of the subscription, and takes what is published; or it has refused that by then. */
  async #prove(connection: NatsConnection): Promise<void> {
    try {
      connection.publish(this.#says, probe);
      await connection.flush();
    } catch {
      // It is lost, and connects again by itself: it is told so as a status.
      return;
    }
    // Statuses that came before are told by then.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#connection === connection && !this.#closed) this.#events.connected();
  }

  /** It connects again by itself, and subscribes again. */
  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (this.#connection !== connection || this.#closed) return;
      if (status.type === 'disconnect') this.#events.failed(this.#unavailable('the connection was lost'));
      if (status.type === 'reconnect') void this.#prove(connection);
      const refused = status.type === 'error' ? this.#refused(status.error) : undefined;
      if (refused !== undefined) return this.#drop(connection, refused, this.#waits.refused);
    }
    // Nothing of it comes back.
    if (this.#connection === connection)
      this.#drop(connection, this.#unavailable('the connection has ended'), this.#waits.retry);
  }

  /** Undefined: it was about something else. */
  #refused(error: Error): CarpoolError | undefined {
    switch (error.name) {
      case 'PermissionViolationError': {
        const hears = (error as { operation?: string }).operation === 'subscription';
        const what = hears ? `subscribe to "${this.#hears}"` : `publish to "${this.#says}"`;
        const also = hears ? `publish to "${this.#says}"` : `subscribe to "${this.#hears}"`;
        return this.#unavailable(
          `its user may not ${what}, where hosts hear of each other: allow that, and to ${also}, in the \`permissions\` of the server, or give \`hosts: false\` to nats()`,
          error,
        );
      }
      case 'AuthorizationError':
      case 'UserAuthenticationExpiredError':
        return this.#unavailable(`it does not take these credentials any more (${error.message})`, error);
      default:
        return undefined;
    }
  }

  /** Another connection follows. */
  #drop(connection: NatsConnection, error: CarpoolError, wait: number): void {
    this.#connection = undefined;
    void connection.close();
    this.#again(error, wait);
  }

  #again(error: CarpoolError, wait: number): void {
    if (this.#closed) return;
    this.#events.failed(error);
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }

  #unavailable(why: string, cause?: unknown): CarpoolError {
    return new CarpoolError('REACH_UNAVAILABLE', `Cannot use ${this.#options.name}: ${why}`, { cause });
  }
}
