/**
 * When leases of a host are valid, and when another host may end them. Pure: no clock, no I/O. All times are milliseconds
 * of the one clock of the host that asks; times of two hosts are never compared, and neither is the server's.
 *
 *   holder    renewal is sent ─────────── voidAfter ──▶ void: all its holders are told
 *   observer        its revision is seen ─────────────────────── observe ──▶ may be ended, by compare-and-set
 *
 * An observer sees a revision after its renewal was sent. So where clocks run at nearly the same rate, a holder is told
 * before an observer may act. It needs: the holder's clock is at most `observe / voidAfter` (1.5) times as slow as that of
 * the observer.
 */
export interface Timing {
  /** Between two renewals. */
  readonly renew: number;
  /** From the sending of the last renewal that the server has confirmed. */
  readonly voidAfter: number;
  /** For which an observer must have seen the same revision. */
  readonly observe: number;
}

/** @param ttl milliseconds after which the leases of a host that is gone may be given to others */
export function timingOf(ttl: number): Timing {
  return { renew: ttl / 6, voidAfter: (ttl * 2) / 3, observe: ttl };
}

/** Of the leases of this host. */
export class Validity {
  readonly #timing: Timing;
  #renewedAt: number;

  /** @param sentAt when the write was sent that began it */
  constructor(timing: Timing, sentAt: number) {
    this.#timing = timing;
    this.#renewedAt = sentAt;
  }

  /** @param sentAt when the renewal was sent, not when its answer came */
  renewed(sentAt: number): void {
    this.#renewedAt = Math.max(this.#renewedAt, sentAt);
  }

  get until(): number {
    return this.#renewedAt + this.#timing.voidAfter;
  }

  isValid(now: number): boolean {
    return now < this.until;
  }

  /** When to send the next renewal. */
  get nextRenewal(): number {
    return this.#renewedAt + this.#timing.renew;
  }
}

/** Of another host, or of the server's memory: how long it has shown the same. */
export class Observation {
  readonly #timing: Timing;
  #revision: number | undefined;
  #since = 0;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  /** @param revision 0: there is none @param now when the answer came, which is after it was so */
  seen(revision: number, now: number): void {
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.#since = now;
  }

  /** The revision that may be replaced: who has written it has given up by then. */
  endable(now: number): number | undefined {
    return this.#revision !== undefined && now - this.#since >= this.#timing.observe ? this.#revision : undefined;
  }
}
