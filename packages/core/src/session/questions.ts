/** Questions of the child that have no answer yet. A child that asks waits, so each gets an answer or a refusal. */
import { CarpoolError, asCarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';
import type { Key, WireId } from '../protocol/protocol.ts';
import type { Connection } from './connection.ts';
import type { Listener } from './listener.ts';
import type { Outbox } from './outbox.ts';
import type { SessionState } from './state.ts';

const mostOpen = 10_000;
const ended = 'the session has ended';

export interface Question {
  readonly wireId: WireId | undefined;
  readonly key: Key;
  readonly frame: Frame;
}

/** Says to the child that a question gets no answer. False where the protocol has no such message. */
export function refuse({ protocol, transmit }: Connection, question: Question, reason: string): boolean {
  const { frame } = question;
  const refusal = protocol.refuse?.({ ...question, format: frame.format, reason });
  if (refusal === undefined) return false;
  transmit(refusal);
  return true;
}

/**
 * The session ends: the child learns that it need not reply any more, and that it gets no answers.
 * @returns what a protocol threw: the end goes on, and is reported with it
 */
export function endCalls(outbox: Outbox, questions: Questions | undefined, id: string): CarpoolError | undefined {
  try {
    outbox.cancelAll();
    questions?.refuseAll();
    return undefined;
  } catch (thrown) {
    return asCarpoolError(thrown, 'SESSION_FAILED', `Cannot end what waits in session ${id}`);
  }
}

export interface QuestionsOptions {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly listener: Listener;
  /** For `open` and `close` of the protocol. */
  readonly offer: (question: Frame) => void;
  /** The child has learned that it gets no answer. */
  readonly refused?: ((key: Key, reason: string) => void) | undefined;
  /** Whether one of the two waits for it now. */
  readonly awaits: (question: Frame) => boolean;
}

/** Those of one session. */
export class Questions {
  readonly #options: QuestionsOptions;
  readonly #open = new Map<Key, Frame>();

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** @throws CarpoolError SESSION_OVERFLOW for a child that asks and asks */
  ask(key: Key, question: Frame, state: SessionState['name']): void {
    if (state === 'closed') {
      // It still has its ids, because its end was not confirmed.
      this.#refuse(key, question, ended);
      return;
    }
    if (this.#open.size >= mostOpen) {
      const message = `The child has asked ${mostOpen} questions that have no answer`;
      throw new CarpoolError('SESSION_OVERFLOW', message, { context: { limit: mostOpen } });
    }
    // The test answers no more, and `close` may wait for what the child sends only after its answer.
    if (state === 'closing' && !this.#options.awaits(question) && this.#refuse(key, question, ended)) return;
    this.#open.set(key, question);
    if (state === 'open') this.#options.listener.ask(question, key);
    else this.#options.offer(question);
  }

  /** It has its answer. */
  answered(key: Key): void {
    this.#open.delete(key);
  }

  /** The protocol's `open` or `close` has read this message, and answers it itself if it is a question. */
  taken(frame: Frame): void {
    const key = this.#keyOf(frame);
    if (key !== undefined) this.#open.delete(key);
  }

  /** `open` has left these messages for the user. */
  handOver(frames: Iterable<Frame>): void {
    const { listener } = this.#options;
    for (const frame of frames) {
      const key = this.#keyOf(frame);
      if (key === undefined) listener.event(frame);
      else listener.ask(frame, key);
    }
  }

  /** False where the protocol has no message for it, so that the child waits for good. */
  refuse(key: Key, reason: string): boolean {
    const frame = this.#open.get(key);
    this.#open.delete(key);
    return frame === undefined || this.#refuse(key, frame, reason);
  }

  /** At the end of the session. */
  refuseAll(): void {
    const all = [...this.#open];
    this.#open.clear();
    for (const [key, frame] of all) this.#refuse(key, frame, ended);
  }

  /** The child is gone. */
  forget(): void {
    this.#open.clear();
  }

  #refuse(key: Key, frame: Frame, reason: string): boolean {
    const { connection, outbox, refused } = this.#options;
    const isRefused = refuse(connection, { wireId: outbox.wireId, key, frame }, reason);
    if (isRefused) refused?.(key, reason);
    return isRefused;
  }

  #keyOf(frame: Frame): Key | undefined {
    if (this.#open.size === 0) return undefined;
    for (const [key, asked] of this.#open) if (asked === frame) return key;
    return undefined;
  }
}
