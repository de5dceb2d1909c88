/**
 * Whether a child goes on while the end of one session is not confirmed: only then that session is to blame. A child that
 * stands still, in what another test has asked of it, confirms no end.
 *
 *   end begins ──closeTimeout / 2──▶ asked, or messages are counted ──closeTimeout / 2──▶ not confirmed: has it answered?
 *
 * What comes in the first half may have been on its way when the end began. A child takes its messages in their order, so one
 * that answers a question of the second half has taken the end before that.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { Liveness } from './liveness.ts';
import type { PoolSettings } from './options.ts';
import { answersProve } from './silence.ts';

export interface EndProofOptions {
  readonly settings: Pick<PoolSettings, 'closeTimeout' | 'server'>;
  readonly clock: Clock;
  readonly liveness: Pick<Liveness, 'canBeAsked' | 'isAsked' | 'received' | 'answers'>;
}

/** Of the end of one session. */
export class EndProof {
  readonly #options: EndProofOptions;
  readonly #timer: Timer;
  #over = false;
  #answered = false;
  /** Messages that had come by the second half, from a child that cannot be asked. */
  #received: number | undefined;

  /** The end begins. */
  constructor(options: EndProofOptions) {
    this.#options = options;
    const { clock, settings } = options;
    this.#timer = clock.after(settings.closeTimeout / 2, () => void this.#ask());
    this.#timer.unref();
  }

  /** The end is confirmed, or was to be by now. @returns whether the child has shown that it goes on */
  over(): boolean {
    this.#over = true;
    this.#timer.cancel();
    if (this.#received !== undefined) return this.#options.liveness.received > this.#received;
    return this.#answered;
  }

  async #ask(): Promise<void> {
    const { liveness, settings } = this.#options;
    if (!liveness.canBeAsked) {
      this.#received = liveness.received;
      return;
    }
    // A port that accepts connections shows nothing of the server.
    if (!answersProve(settings)) return;
    // The child may have got that question before the end.
    if (liveness.isAsked) await liveness.answers();
    if (this.#over) return;
    const answers = await liveness.answers();
    if (!this.#over) this.#answered = answers;
  }
}
