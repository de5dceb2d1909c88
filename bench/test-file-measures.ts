/**
 * What a test file measures when the row asks for it. The same code runs under AVA and with Carpool, on the same program
 * of a shared worker (workers/echo.ts): only where the shared worker and the lock come from differs.
 */
import { median, timed } from './measure.ts';

/** As much of a shared worker as the measures use, as AVA and Carpool both have it. */
export interface SharedWorker {
  publish(data: unknown): { replies(): AsyncIterable<Reply> };
  subscribe(): AsyncIterable<unknown>;
}

interface Reply {
  reply(data: unknown): unknown;
}

export interface Subjects {
  readonly worker: SharedWorker;
  /** Takes the one lock that all files have in common, and resolves to a function that releases it. */
  readonly lock: () => Promise<() => void>;
  /** `request()`, where it exists. */
  readonly request?: (data: unknown) => Promise<unknown>;
}

const small = { type: 'echo', text: 'x'.repeat(64) };

/** Each resolves to milliseconds for one operation. */
export interface Measures {
  /** publish → reply, one at a time, with a body of so many bytes. */
  trips(count: number, bytes?: number): Promise<number>;
  /** The same while so many subscriptions are open for which nothing comes. */
  crowdedTrips(count: number, idle: number): Promise<number>;
  /** The same by `request()`. */
  requests(count: number): Promise<number>;
  /** All at once, and again when all are answered. */
  flights(count: number, inFlight: number): Promise<number>;
  /** Takes and releases the lock repeatedly; another file may do so at the same time. */
  locks(count: number): Promise<number>;
  /** All calls ask for the lock at once; each releases it when it has it. */
  crowdedLocks(count: number, waiting: number): Promise<number>;
}

export type MeasureName = keyof Measures;

export function measuresOf({ worker, lock, request }: Subjects): Measures {
  const trip = async (data: unknown): Promise<void> => {
    for await (const _ of worker.publish(data).replies()) return;
  };
  const lockAndUnlock = async (): Promise<void> => {
    const unlock = await lock();
    unlock();
  };
  const trips = (count: number, bytes?: number): Promise<number> => {
    const data = bytes === undefined ? small : { type: 'echo', body: new Uint8Array(bytes).fill(1) };
    return each(count, () => trip(data));
  };
  const together = async (count: number, operation: () => Promise<unknown>): Promise<number> =>
    (await timed(() => Promise.all(Array.from({ length: count }, operation)))) / count;
  return {
    trips,
    async crowdedTrips(count, idle) {
      const crowd = await Crowd.of(worker, idle);
      // The first ones collect the garbage of opening so many.
      await trips(count / 4);
      const time = await trips(count);
      await crowd.leave();
      return time;
    },
    requests(count) {
      if (request === undefined) throw new Error('There is no shorter way here');
      return each(count, () => request(small));
    },
    flights: (count, inFlight) => blocks(count, () => together(inFlight, () => trip(small))),
    locks: (count) => each(count, lockAndUnlock),
    crowdedLocks: (count, waiting) => blocks(count, () => together(waiting, lockAndUnlock)),
  };
}

/** The median of the times, because a few outliers, delayed by other load, would dominate a mean. */
function each(count: number, operation: () => Promise<unknown>): Promise<number> {
  return blocks(count, () => timed(operation));
}

async function blocks(count: number, block: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let number = 0; number < count; number++) all.push(await block());
  return median(all);
}

/**
 * Idle subscriptions of both kinds. Half of them are plain. The others wait for one more reply, and the shared worker
 * waits for an answer to the first one: what a plugin has open while a test holds one of its resources.
 */
class Crowd {
  static async of(worker: SharedWorker, size: number): Promise<Crowd> {
    const crowd = new Crowd(worker);
    const half = Math.ceil(size / 2);
    await Promise.all(Array.from({ length: half }, () => crowd.#converse()));
    for (let plain = half; plain < size; plain++) crowd.#ends.push(crowd.#listen());
    return crowd;
  }

  readonly #worker: SharedWorker;
  readonly #ends: Promise<void>[] = [];
  readonly #leaving = Promise.withResolvers<void>();

  private constructor(worker: SharedWorker) {
    this.#worker = worker;
  }

  async leave(): Promise<void> {
    this.#leaving.resolve();
    // The message that a plain subscription has waited for.
    this.#worker.publish({ type: 'call' });
    await Promise.all(this.#ends);
  }

  async #listen(): Promise<void> {
    for await (const _ of this.#worker.subscribe()) return;
  }

  #converse(): Promise<void> {
    const opened = Promise.withResolvers<void>();
    const conversation = async (): Promise<void> => {
      let isOpen = false;
      for await (const message of this.#worker.publish({ type: 'hold' }).replies()) {
        if (isOpen) return;
        isOpen = true;
        void this.#leaving.promise.then(() => message.reply({ type: 'release' }));
        opened.resolve();
      }
    };
    this.#ends.push(conversation());
    return opened.promise;
  }
}
