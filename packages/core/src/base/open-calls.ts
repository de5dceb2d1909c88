/** The calls of a test of which a mistake is left at its end: those that it forgot to await. */
import type { CancelSignal } from './cancellation.ts';
import { isCarpoolError, type CallSite } from './errors.ts';

/** What a call is, for the error that names it. */
export interface CallLabel {
  /** What it gives, as in "lock "db"". Asked for only where the call was not awaited. */
  readonly what: () => string;
  /** Where the user called. */
  readonly site: CallSite;
  /** False: it is no mistake to call it and leave what it gives alone. Default true. */
  readonly needed?: boolean;
  /** The call may be given up by it, which is no mistake. */
  readonly signal?: CancelSignal | undefined;
}

/** One call. Also what the promise of another realm reports to. */
export class OpenCall implements CallLabel {
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

  /** Something awaits it, or follows it. */
  used(): void {
    this.#used = true;
    this.#forget();
  }

  /** Something handles that it fails. */
  handled(): void {
    this.#handled = true;
    this.used();
  }

  given(): void {
    if (this.#state === 'pending') this.#state = 'given';
    this.#forget();
  }

  failed(reason: unknown): void {
    if (this.#state !== 'pending') return;
    this.#state = 'failed';
    this.#reason = reason;
    this.#forget();
  }

  /** The end of its test has reported it. What follows on it would fail again, in another test. */
  get reported(): boolean {
    return this.#state === 'left';
  }

  /** @internal The mistake, if it is one, at the end of its test. */
  end(left: LeftCalls): void {
    switch (this.#state) {
      case 'pending':
        if (this.#handled) return;
        this.#state = 'left';
        left.pending.push(this);
        return;
      case 'given':
        if (this.#needed) left.unused.push(this);
        return;
      case 'failed':
        if (!this.#isOnPurpose()) left.failures.push(this.#reason);
        return;
      case 'left':
    }
  }

  /** The user has ended its session, or aborted it. */
  #isOnPurpose(): boolean {
    const aborted = this.#signal?.aborted === true && this.#reason === this.#signal.reason;
    return aborted || isCarpoolError(this.#reason, 'SESSION_CLOSED');
  }

  #forget(): void {
    if (this.#used && this.#state !== 'pending') this.#open.delete(this);
  }
}

/** What a test that has passed left. */
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

  /** At the end of the owner: those that are mistakes. */
  end(): LeftCalls {
    const left: LeftCalls = { pending: [], unused: [], failures: [] };
    for (const call of this.#open) call.end(left);
    this.#open.clear();
    return left;
  }
}
