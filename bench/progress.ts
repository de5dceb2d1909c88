/** Says on the terminal which rows run and how far they are; where there is no terminal, a line now and then. */
import type { WriteStream } from 'node:tty';

/** Milliseconds between two lines where there is no terminal. */
const interval = 15_000;

export class Progress {
  readonly #output: WriteStream;
  readonly #total: number;
  #number = 0;
  #file = '';
  #written = Number.NEGATIVE_INFINITY;

  constructor(output: WriteStream, total: number) {
    this.#output = output;
    this.#total = total;
  }

  begin(file: string): void {
    this.#number++;
    this.#file = file;
    this.#written = Number.NEGATIVE_INFINITY;
    this.show('waits for a quiet moment');
  }

  /** Replaces what the terminal shows of the current file. */
  show(text: string): void {
    const line = `${this.#number} of ${this.#total}, ${this.#file}: ${text}`;
    if (this.#output.isTTY) {
      this.#clear();
      this.#output.write(line.slice(0, (this.#output.columns || 80) - 1));
    } else if (performance.now() - this.#written >= interval) {
      this.#output.write(`${line}\n`);
      this.#written = performance.now();
    }
  }

  /** A line that stays. */
  note(text: string): void {
    this.#clear();
    this.#output.write(`${text}\n`);
  }

  end(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001B[K');
  }
}
