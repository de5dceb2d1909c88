/** The calls of a test of which a mistake is left at its end: those that it forgot to await. */
import type { CancelSignal } from './cancellation.ts';
import { isCarpoolError, type CallSite } from './errors.ts';
import type { PromiseUse } from './watched-promise.ts';

/** What a call is, for the error that names it. */
export interface CallLabel {
  /** What it gives, as in "lock "db"". Asked for only where the call was not awaited. */
  readonly what: () => string;
  /** Where the user called. */
  readonly site: CallSite;
  /** False: it is no mistake to call it and leave what it gives alone, nor how it fails where a test was cut short. Default true. */
  readonly needed?: boolean;
  /** The call may be given up by it, which is no mistake. */
  readonly signal?: CancelSignal | undefined;
}

/** One call. Also what the promise of another realm reports to. */
export class OpenCall implements CallLabel, PromiseUse {
  readonly what: () => string;
  readonly site: CallSite;
  readonly #needed: boolean;
  readonly #signal: CancelSignal | undefined;
  readonly #open: Set<OpenCall>;
  #state: 'pending' | 'given' | 'failed' | 'left' = 'pending';
  #reason: unknown;
  /** Awaited, or followed by `then`. */
  #used = false;
  /** Its caller handles that it fails. */
  #handled = false;

  /** @param open has it while it may be a mistake */
  constructor({ what, site, needed = true, signal }: CallLabel, open: Set<OpenCall>) {
    this.what = what;
    this.site = site;
    this.#needed = needed;
    this.#signal = signal;
    this.#open = open;
    open.add(this);
  }

  used(): void {
    this.#used = true;
    this.#forget();
  }

  handled(): void {
    this.#handled = true;
    this.used();
  }

  /** @returns false if the end of its test has reported it: what follows on it would fail again, in another test */
  given(): boolean {
    return this.#settle('given');
  }

  /** @returns as `given` */
  failed(reason: unknown): boolean {
    this.#reason = reason;
    return this.#settle('failed');
  }

  get reported(): boolean {
    return true;
  }

  /** @internal The mistake, if it is one, at the end of its test. @param passed otherwise only what failed is one */
  end(left: LeftCalls, passed: boolean): void {
    switch (this.#state) {
      case 'pending':
        if (this.#handled || !passed) return;
        this.#state = 'left';
        left.pending.push(this);
        return;
      case 'given':
        if (this.#needed && passed) left.unused.push(this);
        return;
      case 'failed':
        if ((this.#needed || passed) && !this.#isOnPurpose()) left.failures.push(this.#reason);
        return;
      case 'left':
    }
  }

  /** So far nothing awaits it, and it has not failed. */
  get forgotten(): boolean {
    return this.#needed && !this.#used && (this.#state === 'pending' || this.#state === 'given');
  }

  /** The user has ended its session, or aborted it. */
  #isOnPurpose(): boolean {
    const aborted = this.#signal?.aborted === true && this.#reason === this.#signal.reason;
    return aborted || isCarpoolError(this.#reason, 'SESSION_CLOSED');
  }

  #settle(state: 'given' | 'failed'): boolean {
    if (this.#state !== 'pending') return false;
    this.#state = state;
    this.#forget();
    return true;
  }

  #forget(): void {
    if (this.#used && this.#state !== 'pending') this.#open.delete(this);
  }
}

/** What a test left. */
export interface LeftCalls {
  /** Nothing was given yet, and nothing handles a failure. */
  readonly pending: CallLabel[];
  /** Something was given, and nothing awaited it. */
  readonly unused: CallLabel[];
  /** Why calls failed that nothing awaited. */
  readonly failures: unknown[];
}

/** The calls of one owner that may be mistakes. */
export class OpenCalls {
  readonly #open = new Set<OpenCall>();

  add(label: CallLabel): OpenCall {
    return new OpenCall(label, this.#open);
  }

  /** Those that nothing awaits so far: where the test fails, one of them may be why. */
  forgotten(): CallLabel[] {
    return [...this.#open].filter((call) => call.forgotten);
  }

  /** At the end of the owner: those that are mistakes. @param passed where it was cut short, only what failed is one */
  end(passed: boolean): LeftCalls {
    const left: LeftCalls = { pending: [], unused: [], failures: [] };
    for (const call of this.#open) call.end(left, passed);
    this.#open.clear();
    return left;
  }
}
