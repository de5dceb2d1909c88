/**
 * A promise of a user that reports whether something uses it: what its test forgot to await can be found at the end.
 *
 * `await` reads `constructor`, and calls `then` only where that is not `Promise`. So the one is a getter, which costs an
 * `await` nothing, and the other a method. Both are of a class: a property of a promise would slow down all promises.
 */
import { noop } from './noop.ts';

/** What a promise reports to. */
export interface PromiseUse {
  /** Something awaits it, or follows it. */
  used(): void;
  /** Something handles that it fails: `catch`, `Promise.race`, …; an `await` is not known to. */
  handled(): void;
  /** It has failed, and the end of its test reports that: it is no unhandled rejection. */
  readonly reported: boolean;
}

/** A promise of the realm in which this module is evaluated. */
export class WatchedPromise<T> extends Promise<T> {
  /** What it reports to. */
  readonly use: PromiseUse;
  /** To follow it from here is no use of it. */
  #unnoticed = false;
  #derived: Promise<unknown>[] | undefined;

  static {
    // A class may not have an accessor of that name.
    void Object.defineProperty(this.prototype, 'constructor', {
      configurable: true,
      get(this: WatchedPromise<unknown>) {
        // The prototype has one too, and is no promise.
        if (#unnoticed in this && !this.#unnoticed) this.use.used();
        return Promise;
      },
    });
  }

  constructor(executor: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void, use: PromiseUse) {
    super(executor);
    this.use = use;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is one
  override then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (typeof rejected === 'function') this.use.handled();
    else this.use.used();
    const next = super.then(fulfilled, rejected);
    (this.#derived ??= []).push(next);
    return next;
  }

  /** As `then`, and no use of it. */
  peek(fulfilled: ((value: T) => void) | undefined, rejected: (reason: unknown) => void): void {
    this.#unnoticed = true;
    void super.then(fulfilled, rejected);
    this.#unnoticed = false;
  }

  /** That it fails is no unhandled rejection. */
  quiet(): void {
    this.peek(undefined, noop);
  }

  /** The same, also of what `then` has derived from it. */
  quietAll(): void {
    this.quiet();
    for (const one of this.#derived ?? []) void one.catch(noop);
  }
}

/** The same promise, if it is of this class, in whatever realm. */
export function asWatched<T>(promise: Promise<T>): WatchedPromise<T> | undefined {
  return 'peek' in promise ? (promise as WatchedPromise<T>) : undefined;
}
