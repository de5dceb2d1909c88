/** A server in simulated time, and the hosts that ask it: answers are late, or lost; hosts stall, are cut off and are killed. */
import type { Clock } from '../../src/clock.ts';
import type { Leases } from '../../src/leases.ts';
import { BucketGone, Conflict, type Store, type Stored } from '../../src/store.ts';
import type { Timeline } from './timeline.ts';

interface Bucket {
  readonly number: number;
  revision: number;
  readonly keys: Map<string, Stored>;
}

export class SimulatedHost {
  readonly number: number;
  stalledUntil = 0;
  cutUntil = 0;
  dead = false;
  heard: ((key: string, stored: Stored) => void) | undefined;
  muted = false;
  leases!: Leases;
  waiting = 0;
  /** It has ended, and has said that the bucket may stay. */
  told = false;
  /** When what it has sent last comes to the server. */
  lastArrival = 0;
  readonly #time: Timeline;

  constructor(number: number, time: Timeline) {
    this.number = number;
    this.#time = time;
  }

  /** In its process: not while it stalls, and never when it is dead. @returns cancels it */
  later(delay: number, run: () => void): () => void {
    let cancelled = false;
    const attempt = (): void => {
      if (cancelled || this.dead) return;
      if (this.stalledUntil > this.#time.now) this.#time.at(this.stalledUntil, attempt);
      else run();
    };
    this.#time.at(this.#time.now + delay, attempt);
    return () => {
      cancelled = true;
    };
  }

  /** @param rate of its clock: how much faster it is than simulated time */
  clock(rate: number): Clock {
    return {
      now: () => 1_000_000 * (this.number + 1) + this.#time.now * rate,
      after: (milliseconds, run) => this.later(milliseconds / rate, run),
    };
  }
}

export interface SimulatedServerOptions {
  readonly time: Timeline;
  readonly hosts: readonly SimulatedHost[];
  /** How many requests, and how many answers, are lost. */
  readonly lost: number;
  /** What a host sends comes in its order, as by one connection. */
  readonly ordered: boolean;
}

export class SimulatedServer {
  readonly #options: SimulatedServerOptions;
  readonly #epochs = new Map<string, number>();
  #buckets = 0;
  bucket: Bucket | undefined;
  downUntil = 0;
  lossless = false;

  constructor(options: SimulatedServerOptions) {
    this.#options = options;
  }

  /** Rises with each bucket in which it was written. */
  numberOf(epoch: string): number {
    return this.#epochs.get(epoch) ?? -1;
  }

  /** @param timeout milliseconds for each answer */
  storeOf(host: SimulatedHost, timeout: number): Store {
    const request = <T>(work: () => T): Promise<T> => this.#request(host, timeout, work);
    return {
      make: () => request(() => void (this.bucket ??= { number: ++this.#buckets, revision: 0, keys: new Map() })),
      get: (key) => request(() => this.#existing().keys.get(key)),
      set: (key, value, expected) =>
        request(() => {
          const bucket = this.#existing();
          if ((bucket.keys.get(key)?.revision ?? 0) !== expected) throw new Conflict();
          if (key === 'epoch') this.#epochs.set(String(value), bucket.number);
          bucket.keys.set(key, { value, revision: ++bucket.revision, writtenAt: this.#options.time.now });
          return bucket.revision;
        }),
      keys: (filter) =>
        request(() =>
          [...this.#existing().keys.keys()].filter((key) => filter === '>' || key.split('.')[1] === 'host'),
        ),
      others: async () => {
        const listens = (other: SimulatedHost): boolean => other !== host && !other.dead && !other.muted;
        const connected = (): 'there' | 'nobody' | 'unknown' => {
          const others = this.#options.hosts.filter(
            (other) => listens(other) && other.cutUntil <= this.#options.time.now,
          );
          if (others.length === 0) return 'nobody';
          return others.some(({ stalledUntil }) => stalledUntil <= this.#options.time.now) ? 'there' : 'unknown';
        };
        return await request(connected).catch(() => 'unknown' as const);
      },
      destroy: () =>
        request(() => {
          this.#existing();
          this.bucket = undefined;
        }),
      tell: (key, stored) => {
        for (const other of this.#options.hosts) {
          if (other === host || this.#isCut(host) || this.#isLost()) continue;
          other.later(1 + this.#options.time.random() * 3, () => {
            if (!this.#isCut(other)) other.heard?.(key, stored);
          });
        }
      },
      listen: (heard): (() => void) => {
        host.heard = heard;
        return () => {
          host.heard = undefined;
          host.muted = true;
        };
      },
    };
  }

  #existing(): Bucket {
    if (this.bucket === undefined) throw new BucketGone();
    return this.bucket;
  }

  #isCut(host: SimulatedHost): boolean {
    return host.cutUntil > this.#options.time.now || this.downUntil > this.#options.time.now;
  }

  #isLost(): boolean {
    return !this.lossless && this.#options.time.random() < this.#options.lost;
  }

  /** Takes a while there and back, sometimes long; may be lost either way. */
  #request<T>(host: SimulatedHost, timeout: number, work: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const delay = (): number =>
      this.#options.time.random() < 0.03 ? this.#options.time.random() * 1_500 : 1 + this.#options.time.random() * 4;
    host.later(timeout, () => reject(new Error('no answer in time')));
    // A connection keeps the order of what is sent. Leases need it nowhere: they are seen with less.
    const earliest = this.#options.ordered ? host.lastArrival : 0;
    const arrives = Math.max(this.#options.time.now + delay(), earliest);
    host.lastArrival = arrives;
    this.#options.time.at(arrives, () => {
      if (this.#isCut(host) || this.#isLost()) return;
      let answer: () => void;
      try {
        const value = work();
        answer = () => resolve(value);
      } catch (thrown) {
        answer = () => reject(thrown as Error);
      }
      if (this.#isLost()) return;
      host.later(delay(), () => {
        if (!this.#isCut(host)) answer();
      });
    });
    return promise;
  }
}
