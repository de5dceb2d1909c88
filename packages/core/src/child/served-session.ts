/** One session of a process: its calls under way, its questions, its end. */
import { messageOf } from '../base/thrown.ts';
import { complain } from './output.ts';
import type { ChildCall, ChildFault, ChildMessage, ChildSession, ServeOptions } from './types.ts';

export type WireId = string | number;

/** What a session has of its process. */
export interface SessionPort {
  /** @throws if the message cannot be written */
  write(message: ChildMessage): void;
  /** The session has ended from this side: nothing more comes for it. */
  forget(): void;
}

interface Question {
  readonly answer: (message: ChildMessage) => void;
  readonly refuse: (error: Error) => void;
}

export class ServedSession<State, Params> implements ChildSession<State, Params> {
  readonly id: WireId;
  readonly params: Params | undefined;
  state: State = undefined as State;
  opened: ChildMessage = {};
  readonly #options: ServeOptions<State, Params>;
  readonly #port: SessionPort;
  readonly #ended = new AbortController();
  readonly #calls = new Map<WireId, AbortController>();
  readonly #running = new Set<Promise<void>>();
  readonly #questions = new Map<unknown, Question>();
  #asked = 0;
  /** While `open` runs: everything else waits for it, in order. */
  #opening: Promise<boolean> | undefined;

  constructor(id: WireId, params: Params | undefined, options: ServeOptions<State, Params>, port: SessionPort) {
    this.id = id;
    this.params = params;
    this.#options = options;
    this.#port = port;
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  send(message: ChildMessage): void {
    this.#say(message);
  }

  async ask(message: ChildMessage): Promise<ChildMessage> {
    if (this.signal.aborted) throw this.signal.reason;
    const id = `ask:${(this.#asked += 1)}`;
    const { promise, resolve, reject } = Promise.withResolvers<ChildMessage>();
    this.#questions.set(id, { answer: resolve, refuse: reject });
    this.#say(message, { carpool: 'ask', id });
    return await promise;
  }

  diagnose({ code, message }: ChildFault): void {
    this.#say({ ...(code !== undefined && { code }), message }, { carpool: 'diagnostic' });
  }

  fail(fault: ChildFault): void {
    if (this.signal.aborted) return;
    this.#port.forget();
    void this.end().then((failed) => {
      if (failed !== undefined) this.#port.write({ ...failed, carpool: 'diagnostic', session: this.id });
      this.#port.write({ ...faultIn(fault), carpool: 'lost', session: this.id });
    });
  }

  /** Calls `open`. Resolves with false if it threw: the session is over. */
  begin(): Promise<boolean> {
    this.#opening = this.#open();
    return this.#opening;
  }

  async #open(): Promise<boolean> {
    try {
      const state = await this.#options.open?.(this as ChildSession<undefined, Params>);
      this.state = state as State;
      return true;
    } catch (thrown) {
      complain(`session ${this.id} could not be opened`, thrown);
      this.#port.forget();
      this.#ended.abort(new Error('the session could not be opened'));
      this.#port.write({ ...faultOf(thrown), carpool: 'lost', session: this.id });
      return false;
    } finally {
      this.#opening = undefined;
    }
  }

  /** A message for the session that is no word of Carpool's own. */
  take(message: ChildMessage): void {
    const id = message['id'];
    const question = this.#questions.get(id);
    if (question !== undefined) {
      this.#questions.delete(id);
      return question.answer(message);
    }
    const isRequest = typeof id === 'string' || typeof id === 'number';
    this.#run(async () => await (isRequest ? this.#answer(message, id) : this.#tell(message)));
  }

  /** The test no longer waits for this reply. */
  cancel(id: unknown): void {
    this.#calls.get(id as WireId)?.abort(new Error('the request was given up'));
  }

  /** Nothing answers this question. */
  unanswered(id: unknown): void {
    this.#questions.get(id)?.refuse(new Error('The question got no answer'));
    this.#questions.delete(id);
  }

  /** Resolves with nothing when nothing of the session is left, else with what `close` threw. */
  async end(): Promise<ChildMessage | undefined> {
    const over = new Error('the session has ended');
    this.#ended.abort(over);
    for (const call of this.#calls.values()) call.abort(over);
    for (const { refuse } of this.#questions.values()) refuse(over);
    this.#questions.clear();
    if ((await this.#opening) === false) return undefined;
    await Promise.all(this.#running);
    try {
      await this.#options.close?.(this);
      return undefined;
    } catch (thrown) {
      complain(`session ${this.id} could not be closed, and its end is not confirmed`, thrown);
      return faultOf(thrown);
    }
  }

  #run(work: () => Promise<void>): void {
    const begun = this.#opening === undefined ? work() : this.#opening.then((isOpen) => (isOpen ? work() : undefined));
    const running = begun.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #answer(message: ChildMessage, id: WireId): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#calls.set(id, controller);
    const call: ChildCall = {
      id,
      signal,
      step: (step) => signal.aborted || this.#say(step, { carpool: 'step', id }),
    };
    try {
      const { request } = this.#options;
      if (request === undefined) throw new Error('This process answers no requests');
      const reply = await request.call(this.#options, this, message, call);
      if (!signal.aborted) this.#say(reply, { id });
    } catch (thrown) {
      // A call that was given up ends as its handler likes.
      if (signal.aborted) return;
      complain(`session ${this.id} refused a request`, thrown);
      this.#say(faultOf(thrown), { carpool: 'refused', id });
    } finally {
      this.#calls.delete(id);
    }
  }

  async #tell(message: ChildMessage): Promise<void> {
    try {
      await this.#options.message?.(this, message);
    } catch (thrown) {
      if (this.signal.aborted) return;
      complain(`session ${this.id} could not take a message`, thrown);
      this.diagnose(faultOf(thrown));
    }
  }

  /** @throws if the message is no object, or cannot be written */
  #say(message: ChildMessage, own: ChildMessage = {}): void {
    if (typeof message !== 'object' || message === null || Array.isArray(message))
      throw new TypeError(
        `A message must be an object; this is ${Array.isArray(message) ? 'a list' : String(message)}`,
      );
    if (message['carpool'] !== undefined) throw new TypeError('The field `carpool` of a message is Carpool’s own');
    if (this.signal.aborted) return;
    this.#port.write({ ...message, ...own, session: this.id });
  }
}

/** What was thrown, as the fields that `sessionField` shows. */
function faultOf(thrown: unknown): ChildFault & ChildMessage {
  const code = typeof thrown === 'object' && thrown !== null ? (thrown as { readonly code?: unknown }).code : undefined;
  return faultIn({ message: messageOf(thrown), code: typeof code === 'string' ? code : undefined });
}

function faultIn({ code, message }: ChildFault): ChildFault & ChildMessage {
  return { ...(code !== undefined && { code }), message };
}
