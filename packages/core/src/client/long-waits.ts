/** What an owner has waited for that took long, for the evidence of its test when that fails: the test may be late for it. */

/** Milliseconds of a wait for a lock that is told. The host decides for slots. */
export const longWait = 200;
const mostTold = 5;

/** As evidence of no session. */
interface Told {
  readonly pool: string;
  readonly session: '';
  readonly messages: readonly string[];
}

/** Sentences, of each kind the last few. */
export class LongWaits {
  readonly #slots: string[] = [];
  readonly #leases: string[] = [];

  /** @param told a sentence of the host */
  slot(told: string): void {
    add(this.#slots, told);
  }

  lease(told: string): void {
    add(this.#leases, told);
  }

  evidence(): Told[] {
    const kinds: readonly Told[] = [
      { pool: 'slots', session: '', messages: this.#slots },
      { pool: 'locks', session: '', messages: this.#leases },
    ];
    return kinds.filter(({ messages }) => messages.length > 0);
  }
}

function add(told: string[], one: string): void {
  told.push(one);
  if (told.length > mostTold) told.shift();
}
