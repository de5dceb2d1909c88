/** Says on the terminal which rows run and how far they are; where there is no terminal, one line for each file of rows. */
import type { WriteStream } from 'node:tty';

export class Progress {
  readonly #output: WriteStream;
  readonly #total: number;
  #number = 0;
  #file = '';

  constructor(output: WriteStream, total: number) {
    this.#output = output;
    this.#total = total;
  }

  begin(file: string): void {
    this.#number++;
    this.#file = file;
    if (this.#output.isTTY) this.show('waiting for a quiet moment');
    else this.#output.write(`${this.#position()}\n`);
  }

  /** Replaces what the terminal shows of the current file. */
  show(text: string): void {
    if (!this.#output.isTTY) return;
    this.#clear();
    this.#output.write(`${this.#position()}: ${text}`.slice(0, this.#output.columns - 1));
  }

  /** A line that stays. */
  note(text: string): void {
    this.#clear();
    this.#output.write(`${text}\n`);
  }

  end(): void {
    this.#clear();
  }

  #position(): string {
    return `${this.#number} of ${this.#total}, ${this.#file}`;
  }

  #clear(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001B[K');
  }
}
