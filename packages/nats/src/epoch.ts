/**
 * The life of one bucket. A server that has lost its memory, or a bucket that was deleted, begins another: then what hosts
 * held may be unknown to the bucket while they still believe in it. So nothing is granted in a new bucket until it has been
 * watched for as long as any lease of the one before could be valid. Who has watched it says so, for all others.
 */
import { pause, type Clock } from './clock.ts';
import { Conflict, Unreadable, type Store } from './store.ts';
import { Observation, type Timing } from './validity.ts';

const key = 'epoch';

export interface EpochOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly random: () => string;
  /** Nobody needs it any more. */
  readonly stopped: () => boolean;
}

/** Of one host: what it has seen of new buckets stays seen, whatever fails meanwhile. */
export class Epochs {
  readonly #options: EpochOptions;
  #watched: { readonly id: string; readonly unsettled: Observation } | undefined;

  constructor(options: EpochOptions) {
    this.#options = options;
  }

  /** The id of one that may be used. Undefined: nobody needs it any more. @throws what the store says */
  async settled(): Promise<string | undefined> {
    const { store, clock, timing, random, stopped } = this.#options;
    await store.make();
    while (!stopped()) {
      const id = (await currentEpoch(store)) ?? (await begin(store, random()));
      if (id === undefined) continue;
      if (this.#watched?.id !== id) this.#watched = { id, unsettled: new Observation(timing) };
      const settled = await store.get(settledKey(id));
      if (settled?.value === true) return id;
      if (settled?.value !== undefined) throw new Unreadable(settledKey(id), settled.value);
      const { unsettled } = this.#watched;
      unsettled.seen(0, clock.now());
      if (unsettled.endable(clock.now()) === undefined) await pause(clock, timing.renew / 2);
      else await this.#settle(id, settled?.revision ?? 0);
    }
    return undefined;
  }

  /** It has been there for as long as any lease of the one before could be valid. */
  async #settle(id: string, expected: number): Promise<void> {
    try {
      await this.#options.store.set(settledKey(id), true, expected);
    } catch (thrown) {
      if (!(thrown instanceof Conflict)) throw thrown;
    }
  }
}

/** @throws Unreadable */
export async function currentEpoch(store: Store): Promise<string | undefined> {
  const value = (await store.get(key))?.value;
  if (value === undefined || typeof value === 'string') return value;
  throw new Unreadable(key, value);
}

/** @returns undefined: it is to be looked at again */
async function begin(store: Store, id: string): Promise<string | undefined> {
  // Somebody has removed the key of the epoch alone: what is there would go on beside the next one.
  if ((await store.keys('>')).some((other) => other !== key) || (await store.get(key)) !== undefined) {
    if ((await currentEpoch(store)) === undefined) await store.destroy();
    await store.make();
    return undefined;
  }
  try {
    await store.set(key, id, 0);
    return id;
  } catch (thrown) {
    // Another host was first.
    if (thrown instanceof Conflict) return undefined;
    throw thrown;
  }
}

/** Below the epoch, so that it can settle no other. */
function settledKey(epoch: string): string {
  return `${epoch}.settled`;
}
