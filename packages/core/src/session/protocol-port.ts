/** A conversation as a protocol's `hello`, `open` and `close` hold it: requests as promises, events on demand. */
import { Cancellation, type CancelSignal } from '../base/cancellation.ts';
import { CarpoolError } from '../base/errors.ts';
import { Mailbox } from '../base/mailbox.ts';
import type { Frame } from '../codec/frame.ts';
import type { Key, ProtocolPort, SessionPort, WireId } from '../protocol/protocol.ts';
import type { Connection } from './connection.ts';
import { closedError, type Ended, type SessionName, type Waiting } from './errors.ts';
import type { Outbox } from './outbox.ts';
import type { CloseReason } from './state.ts';
import { Waits, type Wait } from './waits.ts';

export interface PortOptions {
  readonly connection: Connection;
  /** Used in every state but closed. */
  readonly outbox: Outbox;
  /** The session: for errors, and for protocols in which the host chooses its id. */
  readonly name: SessionName;
  readonly params: unknown;
  readonly adopt: (wireId: WireId) => void;
  /** `next` returned it, so that a question in it is the protocol's. */
  readonly taken: (frame: Frame) => void;
}

/** Messages that a deadline quotes. */
const shown = 3;

export class ConversationPort implements SessionPort, Ended {
  readonly params: unknown;
  lost = false;
  readonly gone: Promise<void>;
  readonly #options: PortOptions;
  readonly #giveUp = new Cancellation();
  /** Before `open` is done, and after `close` has begun, events are the protocol's. Bounded: it looks for a few. */
  readonly #events = new Mailbox<Frame>(256);
  /** What `next` and `request` wait for. */
  readonly waits: Waits = new Waits();
  #resolveGone!: () => void;
  #reason: CloseReason | undefined;

  constructor(options: PortOptions) {
    this.#options = options;
    this.params = options.params;
    this.gone = new Promise((resolve) => (this.#resolveGone = resolve));
  }

  get id(): string {
    return this.#options.name.id;
  }

  get freshId(): string {
    return this.#options.name.id;
  }

  /** For sentences. */
  get label(): string {
    return this.#options.connection.root === this ? 'the connection' : `session ${this.id}`;
  }

  get root(): ProtocolPort {
    return this.#options.connection.root;
  }

  get givenUp(): CancelSignal {
    return this.#giveUp;
  }

  send(message: unknown): void {
    this.#checkNotClosed();
    this.#options.outbox.send(this.#options.connection.frameOf(message));
  }

  request(message: unknown, signal?: CancelSignal): Promise<unknown> {
    this.#checkNotClosed();
    const { outbox, connection } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const ended = (): void => this.waits.delete(wait);
    const call = outbox.request(connection.frameOf(message), {
      reply: (frame) => {
        ended();
        resolve(frame.message);
      },
      failed: (error) => {
        ended();
        reject(error);
      },
    });
    const giveUp = (reason: unknown): void => {
      ended();
      // First: to abandon it sends a message, which a full connection refuses.
      reject(reason);
      outbox.abandon(call);
    };
    const wait: Wait = { key: () => call.key, fail: giveUp };
    this.waits.add(wait);
    const aborted = (): void => giveUp(signal?.reason);
    signal?.addEventListener('abort', aborted);
    return promise;
  }

  async next(matches: (message: unknown) => boolean, expected?: unknown, option?: string): Promise<unknown> {
    const taking = this.#events.take((candidate) => matches(candidate.message));
    const failures: CarpoolError[] = [];
    const fail = (error: CarpoolError): void => {
      failures.push(error);
      taking.stop();
    };
    const wait: Wait = { matches, expected, option, fail };
    this.waits.add(wait);
    const frame = await taking.item;
    this.waits.delete(wait);
    if (frame !== undefined) {
      this.#options.taken(frame);
      return frame.message;
    }
    const [failure] = failures;
    if (failure !== undefined) throw failure;
    if (this.#reason === undefined) throw new CarpoolError('SESSION_CLOSED', 'Cannot wait: the connection has ended');
    throw this.#closedError('wait for a message', this.#reason);
  }

  adopt(wireId: WireId): void {
    this.#options.adopt(wireId);
  }

  /** The wait for `open` has ended without it. */
  giveUp(reason: unknown): void {
    this.#giveUp.abort(() => reason);
  }

  /** Answers a question of the child outside all sessions. */
  answer(key: Key, message: unknown): void {
    this.#checkNotClosed();
    this.#options.outbox.answer(key, this.#options.connection.frameOf(message));
  }

  /** An event or a question that arrived before the session was open, or after its end began. The oldest make room. */
  offer(frame: Frame): void {
    if (!this.#events.push(frame)) {
      this.#events.shift();
      this.#events.push(frame);
    }
  }

  /** For the error at a deadline: what `next` waits for, and the last messages that it did not take. */
  waiting(): Waiting {
    const wait = this.waits.expected;
    const wanted = wait && this.#options.connection.frameOf(wait.expected).toString();
    const expected = wait?.option === undefined ? wanted : `${wanted} (\`${wait.option}\`)`;
    return { expected, came: this.#events.latest(shown).map((frame) => frame.toString()) };
  }

  /** What `open` did not take: it belongs to the user. */
  drain(): Frame[] {
    const left: Frame[] = [];
    for (let frame = this.#events.shift(); frame !== undefined; frame = this.#events.shift()) left.push(frame);
    return left;
  }

  markLost(gone: boolean): void {
    this.lost = true;
    if (gone) this.#resolveGone();
  }

  /** Nothing is sent any more, and every wait ends. */
  end(reason: CloseReason): void {
    this.#reason = reason;
    this.#events.close();
    this.#resolveGone();
  }

  #checkNotClosed(): void {
    if (this.#reason !== undefined) throw this.#closedError('send', this.#reason);
  }

  #closedError(call: string, reason: CloseReason): CarpoolError {
    return closedError(call, this, reason, this.#options.connection.clock.now());
  }
}
