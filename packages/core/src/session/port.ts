/** A conversation as a protocol's `hello`, `open` and `close` hold it: requests as promises, events on demand. */
import { CarpoolError } from '../base/errors.ts';
import { Mailbox } from '../base/mailbox.ts';
import type { Frame } from '../codec/frame.ts';
import type { ProtocolPort, SessionPort, WireId } from '../protocol/protocol.ts';
import type { Connection } from './connection.ts';
import type { Conversation } from './conversation.ts';
import { closedError, type CloseReason } from './state.ts';

export class ConversationPort implements SessionPort {
  readonly freshId: string;
  readonly params: unknown;
  lost = false;
  readonly gone: Promise<void>;
  readonly #giveUp = new AbortController();
  readonly #conversation: Conversation;
  readonly #connection: Connection;
  /** Before `open` is done, and after `close` has begun, events are the protocol's. Bounded: it looks for a few. */
  readonly #events = new Mailbox<Frame>(256);
  #resolveGone!: () => void;
  #reason: CloseReason | undefined;

  constructor(conversation: Conversation, connection: Connection, freshId: string, params: unknown) {
    this.#conversation = conversation;
    this.#connection = connection;
    this.freshId = freshId;
    this.params = params;
    this.gone = new Promise((resolve) => (this.#resolveGone = resolve));
  }

  get root(): ProtocolPort {
    return this.#connection.root;
  }

  send(message: unknown): void {
    this.#conversation.dispatch({ kind: 'send', frame: this.#connection.frameOf(message) });
  }

  request(message: unknown, signal?: AbortSignal): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const abandon = this.#conversation.dispatch({
      kind: 'request',
      frame: this.#connection.frameOf(message),
      call: { reply: (frame) => resolve(frame.message), failed: reject },
    });
    const aborted = (): void => {
      abandon();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', aborted, { once: true });
    return promise;
  }

  async next(matches: (message: unknown) => boolean): Promise<unknown> {
    const frame = await this.#events.take((candidate) => matches(candidate.message)).item;
    if (frame !== undefined) return frame.message;
    const reason = this.#reason;
    if (reason === undefined) throw new CarpoolError('SESSION_CLOSED', 'Cannot wait: the connection has ended');
    throw closedError('wait for a message', this.#conversation, reason, this.#connection.clock.now());
  }

  get givenUp(): AbortSignal {
    return this.#giveUp.signal;
  }

  /** True for the child itself, outside all sessions. */
  get isRoot(): boolean {
    return this.#connection.root === this;
  }

  /** The wait for `open` has ended without it. */
  giveUp(reason: unknown): void {
    this.#giveUp.abort(reason);
  }

  adopt(wireId: WireId): void {
    this.#conversation.adopt(wireId);
  }

  /** An event that arrived before the session was open, or after its end began. The oldest make room. */
  offer(frame: Frame): void {
    if (!this.#events.push(frame)) {
      this.#events.shift();
      this.#events.push(frame);
    }
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

  end(reason: CloseReason): void {
    this.#reason = reason;
    this.#events.close();
    this.#resolveGone();
  }
}
