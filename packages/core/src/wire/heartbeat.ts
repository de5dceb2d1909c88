/**
 * Notices that the other side does not answer, at both ends of the host. It counts turns of a timer and not the time: when
 * this process itself was stopped, in a debugger or by a signal, that is one turn.
 *
 *   quiet 0 ─ a turn in which nothing came ─▶ ping ─ `limit` more turns in which nothing came ─▶ lost
 *      ▲                                        │
 *      └──────── anything came ─────────────────┘
 */
import type { Clock, Timer } from '../base/clock.ts';

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** Milliseconds of a turn. */
  readonly interval: number;
  /** Turns after the ping. */
  readonly limit: number;
  /** Turns after the ping while `isThere`: the machine of the other side answers, and its process alone is silent. */
  readonly limitIfThere?: number | undefined;
  /** Asked once a turn, from `limit` on. Default: false. */
  readonly isThere?: (() => boolean) | undefined;
  /** A number that grows with everything that comes from the other side. It is read once a turn. */
  readonly received: () => number;
  /** False: nothing is awaited, so silence means nothing. */
  readonly wanted: () => boolean;
  /** Asks for a sign of life. */
  readonly ping: () => void;
  /** Called once. @param silence milliseconds since anything came, or since an answer was first awaited */
  readonly lost: (silence: number) => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: Timer;
  #received: number;
  #quiet = 0;
  /** Then something came, or nothing was awaited. */
  #since: number;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#since = options.clock.now();
    this.#received = options.received();
    this.#timer = this.#next();
  }

  /** Milliseconds for which the other side has been silent though an answer is awaited; 0 before the first ping. */
  get silence(): number {
    if (this.#options.received() !== this.#received) return 0;
    return this.#quiet === 0 ? 0 : this.#options.clock.now() - this.#since;
  }

  stop(): void {
    this.#timer.cancel();
  }

  get #isOver(): boolean {
    const { limit, limitIfThere = limit, isThere } = this.#options;
    return this.#quiet >= limit && (this.#quiet >= limitIfThere || isThere?.() !== true);
  }

  #next(): Timer {
    const { clock, interval } = this.#options;
    const timer = clock.after(interval, this.#turn);
    timer.unref();
    return timer;
  }

  readonly #turn = (): void => {
    const { clock, wanted, ping, lost } = this.#options;
    const received = this.#options.received();
    if (received !== this.#received || !wanted()) {
      this.#received = received;
      this.#quiet = 0;
      this.#since = clock.now();
    } else if (this.#isOver) {
      lost(clock.now() - this.#since);
      return;
    } else if (this.#quiet++ === 0) {
      ping();
    }
    this.#timer = this.#next();
  };
}
