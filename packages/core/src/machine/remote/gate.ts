/** Which addresses may try to connect: those that fail too often are turned away for a while, before any work is done. */
import type { Clock } from '../../base/clock.ts';

export interface GateLimits {
  /** Wrong tokens and broken handshakes of one address within `window`. */
  readonly failures: number;
  /** Connections of one address within `window` that end before they have shown anything: each may have cost a handshake. */
  readonly nothings: number;
  /** Milliseconds. */
  readonly window: number;
  readonly shut: number;
  /** Connections that have not shown a token yet: in all, and of one address. */
  readonly unproven: number;
  readonly unprovenOfOne: number;
  /** Addresses that are remembered. The oldest are forgotten. */
  readonly remembered: number;
}

export const gateLimits: GateLimits = {
  failures: 10,
  nothings: 200,
  window: 10_000,
  shut: 60_000,
  unproven: 512,
  unprovenOfOne: 128,
  remembered: 10_000,
};

interface Failures {
  /** Times of the last ones. */
  failure: number[];
  nothing: number[];
  shutUntil: number;
}

export class Gate {
  readonly #clock: Clock;
  readonly #limits: GateLimits;
  readonly #failures = new Map<string, Failures>();
  readonly #unproven = new Map<string, number>();
  #all = 0;

  constructor(clock: Clock, limits: GateLimits = gateLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** A connection comes. @returns why it is turned away, in half a sentence; if it is not, it counts until `proven` */
  refusal(address: string): string | undefined {
    const { unproven, unprovenOfOne } = this.#limits;
    const own = this.#unproven.get(address) ?? 0;
    const shutUntil = this.#failures.get(address)?.shutUntil ?? 0;
    if (this.#clock.now() < shutUntil) return 'its machine is turned away for a minute';
    if (this.#all >= unproven) return `${unproven} connections have shown no token so far, and that is the limit`;
    if (own >= unprovenOfOne) return `${unprovenOfOne} connections of its machine have shown no token so far`;
    this.#unproven.set(address, own + 1);
    this.#all++;
    return undefined;
  }

  /** It has shown a token, or has ended. */
  proven(address: string): void {
    const own = this.#unproven.get(address) ?? 0;
    if (own > 1) this.#unproven.set(address, own - 1);
    else this.#unproven.delete(address);
    this.#all--;
  }

  /**
   * @param what it has shown something that is wrong, or nothing
   * @returns true if its address is turned away from now on
   */
  failed(address: string, what: 'failure' | 'nothing' = 'failure'): boolean {
    const { failures, nothings, window, shut, remembered } = this.#limits;
    const now = this.#clock.now();
    const known = this.#failures.get(address) ?? { failure: [], nothing: [], shutUntil: 0 };
    this.#failures.delete(address);
    this.#failures.set(address, known);
    const wasShut = now < known.shutUntil;
    known[what] = [...known[what].filter((time) => now - time < window), now];
    if (known[what].length >= (what === 'failure' ? failures : nothings)) {
      known[what] = [];
      known.shutUntil = now + shut;
    }
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > remembered && oldest !== undefined) this.#failures.delete(oldest);
    return !wasShut && now < known.shutUntil;
  }
}
