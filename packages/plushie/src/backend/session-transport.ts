/**
 * The transport of a session that is there, or will be.
 *
 *   waiting ──bind──▶ bound ──first send, handler──▶ greeted ──end of the session, close──▶ over
 *      └──────────────────┴─ fail, close ───────────────────────────────────────────────────▶ over
 *
 * A renderer says hello when it has read its first message. So does this one: the hello comes after the first `send`, in a
 * later turn, to the handler that is set then; and before anything else.
 */
import type { CloseReason, Session } from 'carpool';
import type { PlushieMessages } from '../messages.ts';
import { StepAnswer } from './step-answer.ts';
import type { PooledTransport } from './types.ts';

type Message = Record<string, unknown>;

/** Messages that may wait for the session. A runtime sends its settings and its tree, and some of them send on. */
const mostQueued = 1_000;

export class SessionTransport implements PooledTransport {
  #format: 'msgpack' | 'json' = 'msgpack';
  /** As one whose messages are any objects: a runtime writes what it likes. */
  #session: Session | undefined;
  #queue: Message[] = [];
  #handler: ((message: Message) => void) | undefined;
  #closeHandler: ((reason: string) => void) | undefined;
  /** While the handler has a step. */
  #answer: StepAnswer | undefined;
  #greeting: 'due' | 'on its way' | 'done' = 'due';
  #sent = false;
  #over = false;
  /** Why it ended, until `onClose` has it. */
  #reason: string | undefined;
  readonly #giveUp: (() => void) | undefined;

  /** @param giveUp the session is not wanted any more */
  constructor(giveUp?: () => void) {
    this.#giveUp = giveUp;
  }

  /** Until the session is there: the one that needs no care, because Carpool writes bytes as each format can. */
  get format(): 'msgpack' | 'json' {
    return this.#format;
  }

  /** The session is there. What was sent meanwhile goes out first. */
  bind(typed: Session<PlushieMessages>): void {
    const session = typed as unknown as Session;
    if (this.#over) {
      void session[Symbol.asyncDispose]().catch(ignored);
      return;
    }
    this.#session = session;
    this.#format = session.format === 'json' ? 'json' : 'msgpack';
    void session.closed.then((reason) => this.#end(reasonText(reason)));
    const queued = this.#queue;
    this.#queue = [];
    try {
      for (const message of queued) session.send(message);
    } catch (thrown) {
      this.fail(thrown);
      return;
    }
    this.#greet();
  }

  /** There will be no session, or what waited for it cannot be sent. */
  fail(thrown: unknown): void {
    const session = this.#session;
    this.#end(`crash: ${messageOf(thrown)}`);
    if (session !== undefined) void session[Symbol.asyncDispose]().catch(ignored);
  }

  send(message: Message): void {
    if (this.#over) return;
    this.#sent = true;
    if (this.#session === undefined) {
      this.#enqueue(message);
      return;
    }
    // It ends in the same turn as the session, of which the transport hears a turn later.
    if (this.#session.closeReason !== undefined) return;
    if (this.#answer?.takes(message) === true) return;
    this.#session.send(message);
    this.#greet();
  }

  onMessage(handler: (message: Message) => void): void {
    this.#handler = handler;
    this.#greet();
  }

  onClose(handler: (reason: string) => void): void {
    this.#closeHandler = handler;
    this.#reportEnd();
  }

  async close(): Promise<void> {
    this.#over = true;
    this.#reason = undefined;
    this.#closeHandler = undefined;
    this.#queue = [];
    this.#giveUp?.();
    await this.#session?.[Symbol.asyncDispose]();
  }

  #enqueue(message: Message): void {
    if (this.#queue.length < mostQueued) {
      this.#queue.push(message);
      return;
    }
    this.fail(new Error(`${mostQueued} messages were sent before there was a session; wait for the hello`));
    this.#giveUp?.();
  }

  #greet(): void {
    if (this.#greeting !== 'due' || !this.#sent || this.#handler === undefined || this.#session === undefined) return;
    this.#greeting = 'on its way';
    const session = this.#session;
    // A promise, because runners replace timers and `queueMicrotask`.
    void Promise.resolve().then(() => {
      this.#greeting = 'done';
      const take = (message: Message): void => {
        if (!this.#over) this.#deliver(message);
      };
      take(session.hello as Message);
      session.onMessage(take);
    });
  }

  #deliver(message: Message): void {
    if (message['type'] !== 'interact_step') {
      this.#handler?.(message);
      return;
    }
    const answer = new StepAnswer();
    this.#answer = answer;
    try {
      this.#handler?.(message);
    } finally {
      this.#answer = undefined;
      for (const tree of answer.all()) this.send(tree);
    }
  }

  #end(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#queue = [];
    this.#reason = reason;
    this.#reportEnd();
  }

  #reportEnd(): void {
    const handler = this.#closeHandler;
    const reason = this.#reason;
    if (handler === undefined || reason === undefined) return;
    this.#reason = undefined;
    void Promise.resolve().then(() => handler(reason));
  }
}

/** Kinds as the SDKs know them; what they do not know they call a crash. */
function reasonText({ by, reason, error }: CloseReason): string {
  if (by === 'hub' || error?.code === 'HUB_LOST') return `connection_lost: ${messageOf(error ?? `It ended ${reason}`)}`;
  if (error !== undefined) return `crash: ${messageOf(error)}`;
  return by === 'child' ? `crash: The renderer ended the session` : `shutdown: The session ended ${reason}`;
}

/** Without the evidence, which follows on lines of its own. */
function messageOf(thrown: unknown): string {
  const message = isMessage(thrown) ? thrown.message : String(thrown);
  return message.split('\n--- ', 1)[0] ?? message;
}

/** Errors come from another realm in Jest. */
function isMessage(thrown: unknown): thrown is { readonly message: string } {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string';
}

function ignored(): void {
  // A session that nobody waits for: the pool counts one whose end was not confirmed.
}
