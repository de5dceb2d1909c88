import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal gives everything up, which stops what was started; a second one does not wait for that. */
export class Interruption implements Disposable {
  #code: number | undefined;
  readonly #controller = new AbortController();

  constructor() {
    for (const name of signals) process.on(name, this.#onSignal);
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Of the process: 128 and the number of the signal. Undefined as long as there was none. */
  get code(): number | undefined {
    return this.#code;
  }

  [Symbol.dispose](): void {
    for (const name of signals) process.off(name, this.#onSignal);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    const code = 128 + constants.signals[name];
    // What is still there is killed by the `exit` handler of its owner.
    if (this.#code !== undefined) process.exit(code);
    this.#code = code;
    this.#controller.abort(new Error(`interrupted by ${name}`));
  };
}
