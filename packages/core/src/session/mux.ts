/**
 * Keeps many conversations apart on one transport. The same mux sits over a child's stdio, with the child's protocol, and
 * over the hub's socket, with the wire's.
 *
 *   transport ──frame──▶ protocol.route ──▶ conversation of that wire id, or the root
 *   transport ◀──frame── protocol.address ◀── conversation
 */
import type { CancelSignal } from '../base/cancellation.ts';
import { CarpoolError, asCarpoolError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import type { Format } from '../codec/codec.ts';
import { Frame } from '../codec/frame.ts';
import type { Diagnostic, Messages, Opened, ProtocolPort, Protocol, Route, WireId } from '../protocol/protocol.ts';
import type { Transport } from '../transport/transport.ts';
import type { Connection, Receiver } from './connection.ts';
import { Conversation } from './conversation.ts';
import { takenError } from './errors.ts';
import type { Listener } from './listener.ts';
import type { CloseReason } from './state.ts';

export interface MuxOptions {
  readonly transport: Transport;
  readonly protocol: Protocol<Messages>;
  readonly format: Format;
  readonly clock: Clock;
  /** Bytes that may wait for the other side to take them. Default 256 MiB. */
  readonly maxBacklogBytes?: number | undefined;
  /** Called once when the transport has ended. The mux's owner then calls `fail` with the best reason it can find. */
  readonly closed: (reason: CarpoolError | undefined) => void;
  /** What the child finds wrong with what a session sent is kept for the end of the session. Default: it is an event. */
  readonly keepsDiagnostics?: boolean | undefined;
  /** A message that no conversation owns: for an unknown session, or one that `route` cannot place. */
  readonly stray?: ((frame: Frame) => void) | undefined;
}

export interface OpenOptions {
  /** For errors, and `freshId` of the protocol: not used before on this transport. */
  readonly id: string;
  readonly listener: Listener;
  /** Milliseconds for the protocol's `open`. */
  readonly timeout: number;
  /** Gives up opening. */
  readonly signal?: CancelSignal | undefined;
  /** Handed to the protocol's `open`. */
  readonly params?: unknown;
}

const rootListener: Listener = { event: () => {}, ask: () => {}, closed: () => {} };

export class Mux {
  readonly root: Conversation;
  readonly #options: MuxOptions;
  readonly #connection: Connection;
  readonly #byWireId = new Map<WireId, Receiver>();
  readonly #conversations = new Set<Conversation>();
  readonly #maxBacklog: number;
  #calls = 0;
  #failure: CloseReason | undefined;

  constructor(options: MuxOptions) {
    const { protocol, clock, format, transport } = options;
    this.#options = options;
    this.#maxBacklog = options.maxBacklogBytes ?? 256 * 1024 * 1024;
    const root = (): ProtocolPort => this.root.port;
    this.#connection = {
      protocol,
      clock,
      get root() {
        return root();
      },
      keepsDiagnostics: options.keepsDiagnostics ?? false,
      transmit: (frame) => this.#transmit(frame),
      frameOf: (message) => Frame.of(message, format),
      nextCall: () => ++this.#calls,
      adopt: (wireId, receiver) => this.#adopt(wireId, receiver),
      forget: (wireIds) => {
        for (const wireId of wireIds) this.#byWireId.delete(wireId);
      },
    };
    this.root = new Conversation(this.#connection, 'root', rootListener);
    transport.start({
      frame: (frame) => this.#receive(frame),
      closed: (reason) => options.closed(reason),
    });
  }

  /** Conversations that are not closed. */
  get size(): number {
    return this.#conversations.size;
  }

  /** Runs the protocol's `hello`. @throws CarpoolError CHILD_NO_HELLO at the deadline, or what `hello` throws */
  async hello(timeout: number): Promise<unknown> {
    const { protocol, clock } = this.#options;
    const expired = (): Error =>
      new CarpoolError('CHILD_NO_HELLO', `The child said no hello within ${timeout} ms`, { context: { timeout } });
    return await within(Promise.resolve(protocol.hello?.(this.root.port)), { clock, timeout, expired });
  }

  /**
   * Begins a conversation. `opened` resolves with what the protocol's `open` returned. `conversation.released` says when
   * nothing of it is left, also when `opened` rejects.
   */
  open(options: OpenOptions): { readonly conversation: Conversation; readonly opened: Promise<Opened> } {
    const conversation = new Conversation(this.#connection, options.id, options.listener, options.params);
    if (this.#failure !== undefined) {
      conversation.abort(this.#failure);
      return {
        conversation,
        opened: Promise.reject(this.#failure.error ?? new CarpoolError('HUB_LOST', 'It has ended')),
      };
    }
    this.#conversations.add(conversation);
    void conversation.released.then(() => this.#conversations.delete(conversation));
    return { conversation, opened: conversation.open(options.timeout, options.signal) };
  }

  /** Resolves when the conversations of now have ended. */
  async drained(): Promise<void> {
    await Promise.all([...this.#conversations].map((conversation) => conversation.released));
  }

  /** Ends all conversations at once: the other side is gone. */
  fail(reason: CloseReason): void {
    this.#failure ??= reason;
    for (const conversation of this.#conversations) conversation.abort(reason);
    this.#byWireId.clear();
    this.root.abort(reason);
  }

  #adopt(wireId: WireId, receiver: Receiver): void {
    const owner = this.#byWireId.get(wireId);
    // One whose end was not confirmed keeps its ids; a child that gives one of them to a new session has ended it.
    if (owner !== undefined && owner !== receiver && !owner.over) throw takenError(wireId, owner.id, receiver.id);
    this.#byWireId.set(wireId, receiver);
  }

  #transmit(frame: Frame): void {
    const { transport } = this.#options;
    if (transport.backlog > this.#maxBacklog) {
      const context = { backlog: transport.backlog, limit: this.#maxBacklog };
      const message = `Cannot send: ${transport.backlog} bytes wait and the other side does not read them`;
      throw new CarpoolError('SESSION_OVERFLOW', message, { scope: 'call', context });
    }
    transport.send(frame);
  }

  /** The child does not say which session it means, so each of them says so. */
  #diagnose(diagnostic: Diagnostic): void {
    const among = [...this.#conversations].map(({ id }) => id);
    for (const conversation of this.#conversations) conversation.diagnose(diagnostic, among);
  }

  #receive(frame: Frame): void {
    const { protocol, transport, stray } = this.#options;
    let route: Route;
    try {
      route = protocol.route(frame);
    } catch (thrown) {
      transport.abort(asCarpoolError(thrown, 'FRAME_MALFORMED', 'Cannot read a message'));
      return;
    }
    if (route.as === 'unknown') {
      // Before and during `hello`, what cannot be placed is what the protocol is waiting for, or complains about.
      this.root.receive({ as: 'event', to: undefined }, frame);
      stray?.(frame);
      return;
    }
    if (route.as === 'diagnostic' && route.to === undefined) this.#diagnose(route.diagnostic);
    const receiver: Receiver | undefined = route.to === undefined ? this.root : this.#byWireId.get(route.to);
    if (receiver === undefined) {
      stray?.(frame);
      return;
    }
    try {
      receiver.receive(route, frame);
    } catch (thrown) {
      // One bad message, or one listener that throws, costs its own session.
      const error = asCarpoolError(thrown, 'SESSION_FAILED', 'Cannot take a message');
      receiver.fail({ by: 'child', at: this.#options.clock.now(), reason: 'because of a message', error });
    }
  }
}
