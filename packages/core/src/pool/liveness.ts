/** Whether one child answers, and what becomes of one that does not. */
import { CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import type { Child } from '../process/child.ts';
import type { Messages, Protocol } from '../protocol/protocol.ts';
import type { Conversation } from '../session/conversation.ts';
import type { Mux } from '../session/mux.ts';
import { evidenceOf, nameOfChild } from './child-end.ts';
import type { PoolFaults } from './faults.ts';
import type { PoolSettings } from './options.ts';
import { stoodStill, type Silence } from './silence.ts';

export interface LivenessOptions {
  readonly settings: PoolSettings;
  readonly faults: PoolFaults;
  readonly child: Child;
  readonly mux: Mux;
  readonly protocol: Protocol<Messages>;
  /** Milliseconds that a server needs to be found ready, as far as is known. */
  readonly readyIn: () => number;
  /** Nothing waits for the answer to a `probe` any more. */
  readonly probed: () => void;
}

export class Liveness {
  /** Why it was killed. */
  killedFor: CarpoolError | undefined;
  readonly #options: LivenessOptions;
  #heldBack: string | undefined;
  #answers: Promise<boolean> | undefined;
  #isLeft = false;
  /** What tests were told of it that have failed, by their sessions. */
  readonly #ofItself = new Map<string, string>();

  constructor(options: LivenessOptions) {
    this.#options = options;
  }

  /** There is a question that it must answer. */
  get canBeAsked(): boolean {
    return this.#options.protocol.probe !== undefined;
  }

  /** Milliseconds that a server needs to be found ready. */
  get readyIn(): number {
    return this.#options.readyIn();
  }

  /** Milliseconds that it has for an answer: `probeTimeout`, more for a server that needs as long when it is well. */
  get patience(): number {
    return Math.round(Math.max(this.#options.settings.probeTimeout, 2 * this.readyIn));
  }

  /** Why it gets no sessions at the moment, half a sentence. */
  get heldBack(): string | undefined {
    return this.#heldBack;
  }

  /** It gets no more sessions, because it seems to stand still. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  /** Nothing has come since this conversation has sent something. */
  isSilentFor(conversation: Conversation): boolean {
    // A server has sent nothing in any case.
    return this.#options.settings.server !== undefined || this.#options.mux.isSilentFor(conversation);
  }

  /** Messages that have come from it. */
  get received(): number {
    return this.#options.mux.received;
  }

  /** Whether that is being found out. */
  get isAsked(): boolean {
    return this.#answers !== undefined;
  }

  /** Whether it answers in time. A second call joins the first. */
  answers(): Promise<boolean> {
    const { mux, probed } = this.#options;
    this.#answers ??= mux.probe(this.patience).finally(() => {
      this.#answers = undefined;
      probed();
    });
    return this.#answers;
  }

  /** Its sessions show that. @param why it may be blocked, half a sentence; `undefined`: it is not any more */
  suspected(why: string | undefined): void {
    this.#heldBack = why;
    const { settings, mux } = this.#options;
    if (settings.server === undefined || this.#isLeft) return;
    mux.standstill = why === undefined ? undefined : () => `the server may be blocked: ${why}`;
  }

  /** Its sessions fail with CHILD_SILENT. */
  kill({ session, what, verdict }: Silence): void {
    const { settings, faults, child } = this.#options;
    const found = this.#stoodStill(what);
    // No session is there that could fail with it.
    if (verdict === 'unproven') faults.stoodStill(`a child was killed, and is replaced: ${found}`, evidenceOf(child));
    const context = { pool: settings.name, pid: child.pid, session };
    const message = `${nameOfChild(settings, child)} was killed: ${found}`;
    this.killedFor = new CarpoolError('CHILD_SILENT', message, { context, evidence: evidenceOf(child) });
    // The supervisor stops it, and reports what cannot be ended.
    void child.kill().catch(noop);
  }

  /**
   * It gets no more sessions, and those that it has may still be served.
   * @returns whether it may end now, for a successor that waits for that: the one session that it has is over for its test
   */
  leave({ session, what, ofItself, isOver }: Silence): boolean {
    const { settings, faults, child, mux } = this.#options;
    if (ofItself !== undefined) this.#ofItself.set(session, ofItself);
    const isAlone = mux.speakers().every(({ id }) => id === session);
    const mayEnd = isOver && isAlone && settings.sessionsPerChild === 1;
    if (this.#isLeft) return mayEnd;
    this.#isLeft = true;
    const found = this.#stoodStill(what);
    mux.standstill = ({ id }) => this.#ofItself.get(id) ?? `the child gets no more sessions: ${found}`;
    const then = mayEnd ? 'is stopped' : 'gets no more sessions, and is stopped when its last one has ended';
    faults.stoodStill(`a child ${then}: ${found}`, evidenceOf(child));
    return mayEnd;
  }

  #stoodStill(what: string): string {
    return stoodStill(what, this.#options.mux.describeSilence(), this.canBeAsked);
  }
}
