/** A renderer inside the test: it says hello, keeps what it gets, and says and does the rest when the test wants it. */
import type { PooledTransport } from '@carpool/plushie/backend';

type Message = Readonly<Record<string, unknown>>;

export class MemoryRenderer implements PooledTransport {
  readonly format = 'json';
  readonly sent: Message[] = [];
  closed = false;
  #heard: (message: Record<string, unknown>) => void = () => {};
  #over: (reason: string) => void = () => {};
  #expected: (() => void)[] = [];
  readonly #greets: boolean;

  constructor({ greets = true } = {}) {
    this.#greets = greets;
  }

  send(message: Record<string, unknown>): void {
    this.sent.push(message);
    for (const wake of this.#expected.splice(0)) wake();
    if (this.sent.length === 1 && this.#greets) queueMicrotask(() => this.says({ type: 'hello' }));
  }

  onMessage(handler: (message: Record<string, unknown>) => void): void {
    this.#heard = handler;
  }

  onClose(handler: (reason: string) => void): void {
    this.#over = handler;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  says(message: Record<string, unknown>): void {
    this.#heard(message);
  }

  dies(reason: string): void {
    this.#over(reason);
  }

  /** The last message of this type, or the next one if there is none yet. */
  async last(type: string): Promise<Message> {
    for (;;) {
      const found = this.sent.findLast((message) => message['type'] === type);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#expected.push(resolve));
    }
  }

  get types(): readonly unknown[] {
    return this.sent.map(({ type }) => type);
  }
}
