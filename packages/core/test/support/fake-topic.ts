/** A topic in this process, which tests can cut. */
import { CarpoolError } from '../../src/base/errors.ts';
import type { Topic, TopicOptions } from '../../src/reach/types.ts';

export class FakeTopic {
  /** Texts so far, those that were lost too. */
  published = 0;
  /** The last of them. */
  last = '';
  /** How often it was opened. */
  opened = 0;
  readonly #open = new Set<TopicOptions>();
  readonly #opening = new Set<Promise<void>>();
  #cut = false;

  readonly open = (options: TopicOptions): Topic => {
    this.opened++;
    const opening = Promise.resolve().then(() => {
      this.#open.add(options);
      if (!this.#cut) options.connected();
    });
    this.#opening.add(opening);
    return {
      publish: (text) => this.publish(text),
      close: async () => {
        await opening;
        this.#open.delete(options);
      },
    };
  };

  publish(text: string): void {
    this.published++;
    this.last = text;
    if (!this.#cut) for (const { heard } of this.#open) heard(text);
  }

  /** All that were opened are connected. */
  async settled(): Promise<void> {
    await Promise.all(this.#opening);
  }

  fail(): void {
    this.#cut = true;
    for (const { failed } of this.#open) failed(new CarpoolError('REACH_UNAVAILABLE', 'Cannot use a fake: it is cut'));
  }

  connect(): void {
    this.#cut = false;
    for (const { connected } of this.#open) connected();
  }
}
