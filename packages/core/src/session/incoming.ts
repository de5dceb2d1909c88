/** The incoming half of a conversation: each routed message goes to the call, the listener or the protocol it is for. */
import type { Frame } from '../codec/frame.ts';
import type { Diagnostic, Key, Route } from '../protocol/protocol.ts';
import { refusedError, type SessionName } from './errors.ts';
import type { Listener } from './listener.ts';
import type { Outbox } from './outbox.ts';
import type { ConversationPort } from './protocol-port.ts';
import type { Recent } from './recent.ts';
import type { SessionRecord } from './session-record.ts';

/** The route of a message that belongs to a conversation. */
export type OwnRoute = Exclude<Route, { as: 'unknown' | 'broadcast' }>;
export type LostRoute = Extract<Route, { as: 'lost' }>;

/** An event for several sessions, as one for each; for none, it is the root's. */
export function eventsOf({ to, frame }: Extract<Route, { as: 'broadcast' }>): OwnRoute[] {
  const ids = to.length === 0 ? [undefined] : to;
  return ids.map((id) => ({ as: 'event', to: id, frame }));
}

export interface IncomingOptions {
  /** The session, for errors. */
  readonly name: SessionName;
  readonly outbox: Outbox;
  /** It is the conversation with the child itself, outside all sessions. */
  readonly isRoot: boolean;
  readonly recent: Recent;
  readonly record: SessionRecord | undefined;
  readonly listener: Listener;
  /** Gets the events before the session is open, and after its end began. */
  readonly port: ConversationPort;
  readonly isOpen: () => boolean;
  /** The child asks. */
  readonly asked: (key: Key, question: Frame) => void;
  /** A message that is delivered, and is probably not meant to be: half a sentence says why. */
  readonly stray: (frame: Frame, why: string) => void;
  /** The child finds fault with what the session sent. */
  readonly diagnosed: (diagnostic: Diagnostic) => void;
  /** True: the session has begun anew, and what says that it is over is an event. */
  readonly beginsAnew: (route: LostRoute, frame: Frame) => boolean;
  /** The session is over for the child. */
  readonly lost: (route: LostRoute) => void;
}

export class Incoming {
  readonly #options: IncomingOptions;

  constructor(options: IncomingOptions) {
    this.#options = options;
  }

  receive(route: OwnRoute, frame: Frame): void {
    const { name, outbox, asked, diagnosed, beginsAnew, lost } = this.#options;
    this.#remember(route, frame);
    // Before the gate lets through what belongs to the session that begins.
    const anew = route.as === 'lost' && beginsAnew(route, frame);
    outbox.gate?.received(frame);
    // Before the message is delivered: an answer that is sent at once must not overtake what waited longer.
    outbox.releaseHeld();
    switch (route.as) {
      case 'event':
        this.#deliver(route.frame ?? frame);
        break;
      case 'diagnostic':
        diagnosed(route.diagnostic);
        this.#deliver(frame);
        break;
      case 'reply': {
        const call = outbox.settle(route.key);
        if (call === undefined) this.#untaken(route.key, route.frame ?? frame);
        else call.reply(route.frame ?? frame);
        break;
      }
      case 'step': {
        const call = outbox.waiting(route.key);
        if (call === undefined) this.#deliver(route.frame ?? frame);
        else call.step?.(route.frame ?? frame);
        break;
      }
      case 'refusal': {
        const call = outbox.settle(route.key);
        if (call === undefined) this.#untaken(route.key, frame);
        else call.failed(refusedError(name.id, route.refusal, this.#options.recent.describe()));
        break;
      }
      case 'ask':
        asked(route.key, route.frame ?? frame);
        break;
      case 'lost':
        if (anew) this.#deliver(frame);
        else lost(route);
        break;
    }
  }

  #remember(route: OwnRoute, frame: Frame): void {
    // What the host itself says of a session is no message of the session.
    const ofHost =
      (route.as === 'lost' && route.by !== undefined) || ('refusal' in route && route.refusal?.error !== undefined);
    if (ofHost) return;
    const shown = 'frame' in route ? (route.frame ?? frame) : frame;
    const { recent, record, outbox } = this.#options;
    recent.add('in', shown, frame.bytes.length);
    if (record !== undefined)
      record.received(route, shown, 'key' in route ? outbox.awaiting(route.key)?.number : undefined);
  }

  /**
   * A reply to nothing is an event: a runtime that writes its own ids (`onMessage`) reads it there. Where a request waits,
   * it may have been meant for that one. A second reply to a request is no event.
   */
  #untaken(key: Key, frame: Frame): void {
    const { outbox, stray, isRoot, isOpen } = this.#options;
    if (outbox.wasAnswered(key)) {
      stray(frame, `a second reply to ${JSON.stringify(key)}`);
      return;
    }
    if (isRoot)
      stray(
        frame,
        `a reply of which \`route\` names no session, and no request outside them waits for ${JSON.stringify(key)}`,
      );
    else if (isOpen() && outbox.waitingCalls > 0)
      stray(frame, `a reply to ${JSON.stringify(key)}, for which no request of its session waits`);
    this.#deliver(frame);
  }

  #deliver(frame: Frame): void {
    const { isOpen, listener, port } = this.#options;
    if (isOpen()) listener.event(frame);
    else port.offer(frame);
  }
}
