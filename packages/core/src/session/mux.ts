/**
 * Keeps many conversations apart on one transport. The same mux sits over a child's stdio, with the child's protocol, and
 * over the hub's socket, with the wire's.
 *
 *   transport ──frame──▶ protocol.route ──▶ conversation of that wire id, or the root
 *   transport ◀──frame── protocol.address ◀── conversation
 */
import { CarpoolError, asCarpoolError } from '../base/errors.ts';
import { within } from '../base/wait.ts';
import { Frame } from '../codec/frame.ts';
import type { Diagnostic, Opened, Route } from '../protocol/protocol.ts';
import type { Connection } from './connection.ts';
import { Conversation } from './conversation.ts';
import { noHelloError } from './errors.ts';
import { rootId, type Speaker } from './journal.ts';
import { eventsOf, type OwnRoute } from './incoming.ts';
import type { Listener } from './listener.ts';
import { Receivers } from './receivers.ts';
import { RootQuestions } from './root-questions.ts';
import type { CloseReason } from './state.ts';
import { describeSilence, isSilentFor, stuckIn, type Asker } from './silence.ts';
import { Strays } from './strays.ts';
import type { MuxOptions, OpenOptions } from './mux-options.ts';
import { Unrouted } from './unrouted.ts';

const rootListener: Listener = { event: () => {}, ask: () => {}, closed: () => {} };

export class Mux {
  readonly root: Conversation;
  /** What the other side sent that no conversation and no call took. */
  readonly strays: Strays;
  /** A sentence for the evidence of each conversation: the other side seems to stand still. */
  standstill: ((own: Speaker) => string) | undefined;
  /** Messages that have come. */
  received = 0;
  readonly #options: MuxOptions;
  readonly #unrouted: Unrouted;
  readonly #questions: RootQuestions;
  readonly #connection: Connection;
  readonly #receivers: Receivers;
  readonly #conversations = new Set<Conversation>();
  readonly #maxBacklog: number;
  /** Closed here; what is left of them on the other side is not known. */
  readonly #unconfirmed = new Set<Conversation>();
  /** Called with each message, while there is a probe. */
  #heard: (() => void) | undefined;
  /** `hello` has not ended. */
  #greeting = false;
  #calls = 0;
  #failure: CloseReason | undefined;

  constructor(options: MuxOptions) {
    const { protocol, clock, format, transport } = options;
    this.#options = options;
    this.#maxBacklog = options.maxBacklogBytes ?? 256 * 1024 * 1024;
    this.strays = options.strays ?? new Strays();
    const receiving = { root: (): Conversation => this.root, sessions: () => this.#conversations };
    const receivers = new Receivers({ ...receiving, strays: this.strays });
    this.#receivers = receivers;
    const losses = options.losses?.({
      ...receiving,
      clock,
      protocol,
      find: (route) => receivers.find(route),
      greeting: () => this.#greeting,
    });
    this.#unrouted = new Unrouted(options, this.strays, losses);
    const { root } = receiving;
    this.#connection = {
      protocol,
      clock,
      format,
      get root() {
        return root().port;
      },
      diagnosed: options.diagnosed,
      reportsEnd: options.reportsEnd ?? false,
      grace: options.grace ?? 0,
      journal: options.journal,
      strays: this.strays,
      record: options.record,
      logged: options.logged,
      stuckIn: (own) => this.standstill?.(own) ?? (options.journal && stuckIn(own, options.journal, this.#askers())),
      unfinished: () => {
        const line = transport.unfinished?.();
        return line === undefined ? [] : [`← ${line}`];
      },
      transmit: (frame) => this.#transmit(frame),
      frameOf: (message) => Frame.of(message, format),
      isOver: () => this.#failure !== undefined,
      nextCall: () => ++this.#calls,
      adopt: (wireId, receiver) => receivers.adopt(wireId, receiver),
      forget: (wireIds) => receivers.forget(wireIds),
      get keys() {
        return receivers.keys;
      },
    };
    this.root = new Conversation(this.#connection, { id: rootId, listener: rootListener });
    this.#questions = new RootQuestions({
      connection: this.#connection,
      root: this.root,
      abort: (error) => transport.abort(asCarpoolError(error, 'PROTOCOL_FAILED', 'Cannot answer the child')),
    });
    transport.start({ frame: (frame) => this.#receive(frame), closed: (reason) => options.closed(reason) });
  }

  /** Conversations that are not closed. */
  get size(): number {
    return this.#conversations.size;
  }

  /** Runs the protocol's `hello`. @throws CarpoolError CHILD_NO_HELLO at the deadline, or what `hello` throws */
  async hello(timeout: number): Promise<unknown> {
    const { protocol, clock } = this.#options;
    const expired = (): Error => {
      const lines = [...this.strays.since(0), ...this.#connection.unfinished()];
      return noHelloError(timeout, this.root.port.waiting(), lines);
    };
    this.#greeting = true;
    const greeted = Promise.resolve().then(() => protocol.hello?.(this.root.port));
    try {
      return await within(greeted, { clock, timeout, expired });
    } finally {
      this.#greeting = false;
    }
  }

  /** True if the other side answers the protocol's `probe`, or without that, sends anything at all in this time. */
  async probe(timeout: number): Promise<boolean> {
    const { protocol, clock } = this.#options;
    // Old messages say nothing of now.
    this.root.port.drain();
    const anything = new Promise<void>((resolve) => (this.#heard = resolve));
    const answered = Promise.resolve().then(() => protocol.probe?.(this.root.port) ?? anything);
    const silent = new Error('no answer');
    try {
      await within(answered, { clock, timeout, expired: () => silent });
      return true;
    } catch (thrown) {
      // A refusal is an answer too.
      return thrown !== silent;
    } finally {
      this.#heard = undefined;
    }
  }

  /** Of the conversations that are not closed. */
  speakers(): Speaker[] {
    return [...this.#conversations].map(({ speaker }) => speaker);
  }

  /** True if nothing has come since this conversation has sent something. */
  isSilentFor({ speaker }: Conversation): boolean {
    const { journal } = this.#options;
    return journal !== undefined && isSilentFor(speaker, journal);
  }

  /** Half a sentence: what the other side has not answered, and whose it is. */
  describeSilence(): string | undefined {
    const { journal } = this.#options;
    return journal && describeSilence(journal, this.#askers());
  }

  /**
   * Begins a conversation. `opened` resolves with what the protocol's `open` returned. `conversation.released` says when
   * nothing of it is left, also when `opened` rejects.
   */
  open(options: OpenOptions): { readonly conversation: Conversation; readonly opened: Promise<Opened> } {
    const conversation = new Conversation(this.#connection, options);
    if (this.#failure !== undefined) {
      conversation.abort(this.#failure);
      return {
        conversation,
        opened: Promise.reject(this.#failure.error ?? new CarpoolError('HUB_LOST', 'It has ended')),
      };
    }
    this.#conversations.add(conversation);
    void conversation.released.then(({ confirmed }) => {
      this.#conversations.delete(conversation);
      if (!confirmed) this.#unconfirmed.add(conversation);
    });
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
    this.#receivers.clear();
    this.root.abort(reason);
  }

  #transmit(frame: Frame): void {
    const { transport } = this.#options;
    const { backlog } = transport;
    if (backlog > this.#maxBacklog) {
      const context = { backlog, limit: this.#maxBacklog };
      const message = `Cannot send: ${backlog} bytes wait and the other side does not read them`;
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
    this.received++;
    this.#heard?.();
    let route: Route;
    try {
      route = this.#options.protocol.route(frame);
    } catch (thrown) {
      this.#unrouted.failed(frame, thrown);
      return;
    }
    if (route.as === 'unknown') {
      // Before and during `hello`, what cannot be placed is what the protocol is waiting for, or complains about.
      this.root.receive({ as: 'event', to: undefined }, frame);
      this.#unrouted.stray(frame, '`route` of the protocol does not know it');
      return;
    }
    this.#options.logged?.take(route);
    if (route.as === 'broadcast') for (const event of eventsOf(route)) this.#dispatch(event, frame);
    else this.#dispatch(route, frame);
  }

  #dispatch(route: OwnRoute, frame: Frame): void {
    if (route.as === 'diagnostic' && route.to === undefined) this.#diagnose(route.diagnostic);
    if (this.#unrouted.takes(route, frame)) return;
    if (route.as === 'ask' && route.to === undefined) {
      this.#questions.ask(route, frame);
      return;
    }
    const receiver = this.#receivers.find(route);
    if (receiver === undefined) {
      this.#unrouted.stray(frame, this.#receivers.whyNone(route));
      if (route.as === 'ask') this.#questions.refuse(route, frame, 'there is no such session');
      return;
    }
    try {
      // First: what gets the message may name the id at once.
      if (route.adopt !== undefined) this.#receivers.adoptAll(route.adopt, receiver, frame);
      receiver.receive(route, frame);
    } catch (thrown) {
      // One bad message, or one listener that throws, costs its own session.
      const error = asCarpoolError(thrown, 'SESSION_FAILED', 'Cannot take a message');
      receiver.fail({ by: 'child', at: this.#options.clock.now(), reason: 'because of a message', error });
    }
  }

  /** Those whose end was not confirmed, too: the other side may still be busy with what they have asked. */
  *#askers(): Iterable<Asker> {
    yield this.root;
    yield* this.#conversations;
    yield* this.#unconfirmed;
  }
}
