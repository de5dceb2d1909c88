/** What has come in one session, by its kind and its request, until it is compared. */
import { systemClock } from '../../base/clock.ts';
import type { CarpoolError } from '../../base/errors.ts';
import { Mailbox } from '../../base/mailbox.ts';
import { within } from '../../base/wait.ts';
import type { Frame } from '../../codec/frame.ts';

/** A message, or the failure of a request. */
export type Item = { readonly frame: Frame; readonly key?: string } | { readonly error: CarpoolError };

/** Items of one kind that may wait. */
const most = 100_000;

export class Boxes {
  readonly #boxes = new Map<string, Mailbox<Item>>();
  #isClosed = false;

  push(name: string, item: Item): void {
    this.#box(name).push(item);
  }

  /** Nothing comes any more. */
  close(): void {
    this.#isClosed = true;
    for (const box of this.#boxes.values()) box.close();
  }

  /**
   * The next one; "closed": the session has ended; "late": it has not come in time.
   * @param options `timeout`: milliseconds
   * @throws the reason of `signal`
   */
  async next(
    name: string,
    { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal },
  ): Promise<Item | 'closed' | 'late'> {
    const late = new Error('late');
    const taking = this.#box(name).take();
    try {
      return (await within(taking.item, { clock: systemClock, timeout, signal, expired: () => late })) ?? 'closed';
    } catch (thrown) {
      if (thrown !== late) throw thrown;
      return 'late';
    } finally {
      taking.stop();
    }
  }

  /** The last message of each kind that nothing has taken. */
  *left(): Generator<readonly [string, Frame], void, undefined> {
    for (const [name, box] of this.#boxes) {
      const [item] = box.latest(1);
      if (item !== undefined && 'frame' in item) yield [name, item.frame];
    }
  }

  #box(name: string): Mailbox<Item> {
    let box = this.#boxes.get(name);
    if (box === undefined) {
      box = new Mailbox<Item>(most);
      this.#boxes.set(name, box);
      if (this.#isClosed) box.close();
    }
    return box;
  }
}
