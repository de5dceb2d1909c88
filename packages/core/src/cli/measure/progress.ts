/** One line on a terminal that says what is being measured; nothing where no person looks. */

export interface Terminal {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** To the beginning of the line, and clear it. */
const clear = '\r\u001B[2K';

export class Progress implements Disposable {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(text: string): void {
    if (this.#terminal.isTTY === true) this.#terminal.write(`${clear}measuring: ${text} …`);
  }

  [Symbol.dispose](): void {
    if (this.#terminal.isTTY === true) this.#terminal.write(clear);
  }
}
