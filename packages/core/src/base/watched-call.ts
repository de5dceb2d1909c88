/**
 * The promise of a call which its test must await. It reports to its `OpenCall` whether something uses it.
 *
 * `await` reads `constructor`, and calls `then` only where that is not `Promise`. So the one is a getter, which costs an
 * `await` nothing, and the other a method; both are of a class, as a property of a promise would slow down all promises.
 */
import { noop } from './noop.ts';
import type { OpenCall } from './open-calls.ts';

/** A promise of the realm in which this module is evaluated. */
export class WatchedCall<T> extends Promise<T> {
  readonly call: OpenCall;
  /** The same answer, for those that bring it elsewhere: to follow it is no use of the call. */
  readonly answer: Promise<T>;
  /** To follow this promise is no use of it. */
  #unnoticed = false;

  static {
    // A class may not have an accessor of that name.
    Object.defineProperty(this.prototype, 'constructor', {
      configurable: true,
      get(this: WatchedCall<unknown>) {
        // The prototype has one too, and is no call.
        if (#unnoticed in this && !this.#unnoticed) this.call.used();
        return Promise;
      },
    });
  }

  /** What fails here is no unhandled rejection: the end of the test reports it. */
  constructor(answer: Promise<T>, call: OpenCall) {
    let resolve!: (value: T) => void;
    let reject!: (reason: unknown) => void;
    super((...settle) => ([resolve, reject] = settle));
    this.call = call;
    this.answer = answer;
    answer.then(
      (value) => {
        call.given();
        if (!call.reported) resolve(value);
      },
      (reason: unknown) => {
        call.failed(reason);
        if (call.reported) return;
        this.#quiet();
        reject(reason);
      },
    );
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is one
  override then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (typeof rejected === 'function') this.call.handled();
    else this.call.used();
    return super.then(fulfilled, rejected);
  }

  #quiet(): void {
    this.#unnoticed = true;
    void super.then(undefined, noop);
    this.#unnoticed = false;
  }
}

/** The parts of a promise of this class, also of another realm. */
export function watchedCallOf(promise: Promise<unknown>): Pick<WatchedCall<unknown>, 'answer' | 'call'> | undefined {
  return 'answer' in promise && 'call' in promise ? (promise as WatchedCall<unknown>) : undefined;
}
