/** What `session.interact` returns. `types.ts` describes it. */
import type { Mailbox } from '../base/mailbox.ts';
import type { Frame } from '../codec/frame.ts';
import type { Interaction } from './types.ts';

export class PendingInteraction<Step, Response> implements Interaction<Step, Response> {
  readonly id: string | undefined;
  readonly #steps: Mailbox<Frame>;
  readonly #response: Promise<unknown>;

  constructor(id: string | undefined, steps: Mailbox<Frame>, response: Promise<unknown>) {
    this.id = id;
    this.#steps = steps;
    this.#response = response;
    const close = (): void => steps.close();
    response.then(close, close);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Step, void, undefined> {
    for (;;) {
      const frame = await this.#steps.take().item;
      if (frame === undefined) break;
      yield frame.message as Step;
    }
    await this.#response;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- awaiting it is its interface
  then<A = Response, B = never>(
    fulfilled?: ((response: Response) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#response.then(fulfilled as ((response: unknown) => A | PromiseLike<A>) | null, rejected);
  }
}
