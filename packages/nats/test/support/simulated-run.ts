/** Three hosts and a server in simulated time; what they are granted and told, and what of that must not be. */
import type { Clock } from '../../src/clock.ts';
import { Leases } from '../../src/leases.ts';
import type { NameOf } from '../../src/record.ts';
import { BucketGone, Conflict, type Store, type Stored } from '../../src/store.ts';
import { timingOf } from '../../src/validity.ts';
import { Timeline } from './timeline.ts';

export type Fault =
  | { readonly kind: 'kill'; readonly at: number; readonly host: number }
  | { readonly kind: 'stall' | 'partition'; readonly at: number; readonly host: number; readonly duration: number }
  | { readonly kind: 'outage'; readonly at: number; readonly duration: number }
  /** The server loses its memory; the bucket is deleted. */
  | { readonly kind: 'forget' | 'delete'; readonly at: number };

export interface SimulatedRunOptions {
  readonly seed: number;
  readonly ttl: number;
  readonly rates: readonly number[];
  /** How many requests, and how many answers, are lost. */
  readonly lost: number;
  readonly faults: readonly Fault[];
  readonly kind?: 'lock' | 'semaphore';
  readonly size?: number;
}

interface Bucket {
  readonly number: number;
  revision: number;
  readonly keys: Map<string, Stored>;
}

interface Holding {
  readonly host: number;
  readonly weight: number;
}

class SimulatedHost {
  readonly number: number;
  stalledUntil = 0;
  cutUntil = 0;
  dead = false;
  heard: ((key: string, stored: Stored) => void) | undefined;
  leases!: Leases;
  waiting = 0;

  constructor(number: number) {
    this.number = number;
  }
}

const names = ['db', 'printer'];
/** When faults are over and everything must go on. */
const quiet = 12_000 + 9_000;

export class SimulatedRun {
  readonly doubleHolders: string[] = [];
  readonly fenceFaults: string[] = [];
  grants = 0;
  readonly #options: SimulatedRunOptions;
  readonly #time: Timeline;
  readonly #hosts: SimulatedHost[];
  #bucket: Bucket | undefined;
  #buckets = 0;
  #downUntil = 0;
  readonly #epochs = new Map<string, number>();
  readonly #holdings = new Map<string, Set<Holding>>();
  readonly #fences = new Map<string, readonly [number, number]>();
  readonly #lastGrant = new Map<number, number>();
  #lossless = false;

  constructor(options: SimulatedRunOptions) {
    this.#options = options;
    this.#time = new Timeline(options.seed);
    this.#hosts = options.rates.map((_, number) => new SimulatedHost(number));
    for (const host of this.#hosts) this.#start(host);
    for (const fault of options.faults) this.#time.at(fault.at, () => this.#break(fault));
    this.#time.at(quiet, () => (this.#lossless = true));
  }

  /** @param during milliseconds in which tests take leases; then they get a while to come to rest */
  async go(during: number): Promise<void> {
    await this.#time.run(Math.max(during, quiet) + 6 * this.#options.ttl);
  }

  /** Hosts that live and were granted nothing since all is quiet. */
  get starving(): number[] {
    return this.#hosts
      .filter(({ dead, number }) => !dead && (this.#lastGrant.get(number) ?? 0) < quiet)
      .map(({ number }) => number);
  }

  #start(host: SimulatedHost): void {
    const { ttl, rates } = this.#options;
    host.leases = new Leases({
      store: this.#storeOf(host),
      clock: this.#clockOf(host, rates[host.number] ?? 1),
      timing: timingOf(ttl),
      randomId: () => `${host.number}-${Math.floor(this.#time.random() * 2 ** 48).toString(36)}`,
      random: () => this.#time.random(),
      label: `host ${host.number}`,
      keyOf: ({ name }) => name,
    });
    for (const name of names) for (let test = 0; test < 2; test++) this.#cycle(host, name);
  }

  /** A test that takes a lease, holds it, gives it back, and begins again. */
  #cycle(host: SimulatedHost, name: string): void {
    const { kind = 'lock', size = 1 } = this.#options;
    const weight = 1 + Math.floor(this.#time.random() * Math.min(size, 2));
    const of: NameOf = { name, kind, size };
    let holding: Holding | undefined;
    const again = (): void => void this.#later(host, this.#time.random() * 400, () => this.#cycle(host, name));
    const id: string = host.leases.want(
      { ...of, weight, by: 'a test', wait: true },
      {
        granted: ({ revision, epoch }) => {
          holding = this.#granted(host, of, weight, [this.#epochs.get(epoch) ?? -1, revision]);
          this.#later(host, this.#time.random() * 700, () => {
            if (holding === undefined) return;
            this.#release(name, holding);
            holding = undefined;
            host.leases.giveBack(id);
            again();
          });
        },
        refused: () => this.doubleHolders.push(`${name} was refused`),
        unavailable: () => this.doubleHolders.push(`${name} waits, and was told that there is no server`),
        lost: () => {
          if (holding !== undefined) this.#release(name, holding);
          holding = undefined;
          again();
        },
      },
    );
  }

  #granted(host: SimulatedHost, { name, size }: NameOf, weight: number, fence: readonly [number, number]): Holding {
    this.grants++;
    this.#lastGrant.set(host.number, this.#time.now);
    const holdings = this.#holdings.get(name) ?? new Set();
    this.#holdings.set(name, holdings);
    const holding = { host: host.number, weight };
    holdings.add(holding);
    const used = [...holdings].reduce((sum, one) => sum + one.weight, 0);
    if (used > size) this.doubleHolders.push(`${name} at ${this.#time.now}: ${JSON.stringify([...holdings])}`);
    const last = this.#fences.get(name) ?? [0, 0];
    const later = fence[0] > last[0] || (fence[0] === last[0] && fence[1] > last[1]);
    if (size === 1 && !later) this.fenceFaults.push(`${name}: ${fence.join('.')} after ${last.join('.')}`);
    this.#fences.set(name, fence);
    return holding;
  }

  #release(name: string, holding: Holding): void {
    this.#holdings.get(name)?.delete(holding);
  }

  #break(fault: Fault): void {
    const { now } = this.#time;
    switch (fault.kind) {
      case 'kill': {
        const host = this.#hosts[fault.host];
        if (host === undefined) return;
        host.dead = true;
        // Its tests end with it.
        for (const holdings of this.#holdings.values())
          for (const holding of holdings) if (holding.host === host.number) holdings.delete(holding);
        return;
      }
      case 'stall':
        for (const host of this.#hosts) if (host.number === fault.host) host.stalledUntil = now + fault.duration;
        return;
      case 'partition':
        for (const host of this.#hosts) if (host.number === fault.host) host.cutUntil = now + fault.duration;
        return;
      case 'outage':
        this.#downUntil = now + fault.duration;
        return;
      case 'forget':
      case 'delete':
        this.#bucket = undefined;
    }
  }

  /** In the process of a host: not while it stalls, and never when it is dead. */
  #later(host: SimulatedHost, delay: number, run: () => void): () => void {
    let cancelled = false;
    const attempt = (): void => {
      if (cancelled || host.dead) return;
      if (host.stalledUntil > this.#time.now) this.#time.at(host.stalledUntil, attempt);
      else run();
    };
    this.#time.at(this.#time.now + delay, attempt);
    return () => {
      cancelled = true;
    };
  }

  #clockOf(host: SimulatedHost, rate: number): Clock {
    return {
      now: () => 1_000_000 * (host.number + 1) + this.#time.now * rate,
      after: (milliseconds, run) => this.#later(host, milliseconds / rate, run),
    };
  }

  #storeOf(host: SimulatedHost): Store {
    return {
      make: () =>
        this.#request(host, () => void (this.#bucket ??= { number: ++this.#buckets, revision: 0, keys: new Map() })),
      get: (key) => this.#request(host, () => this.#existing().keys.get(key)),
      set: (key, value, expected) =>
        this.#request(host, () => {
          const bucket = this.#existing();
          if ((bucket.keys.get(key)?.revision ?? 0) !== expected) throw new Conflict();
          if (key === 'epoch') this.#epochs.set(String(value), bucket.number);
          bucket.keys.set(key, { value, revision: ++bucket.revision });
          return bucket.revision;
        }),
      keys: () => this.#request(host, () => [...this.#existing().keys.keys()]),
      destroy: () => this.#request(host, () => void (this.#bucket = undefined)),
      tell: (key, stored) => {
        for (const other of this.#hosts) {
          if (other === host || this.#isCut(host) || this.#isLost()) continue;
          this.#later(other, 1 + this.#time.random() * 3, () => {
            if (!this.#isCut(other)) other.heard?.(key, stored);
          });
        }
      },
      listen: (heard): (() => void) => {
        host.heard = heard;
        return () => {
          host.heard = undefined;
        };
      },
    };
  }

  #existing(): Bucket {
    if (this.#bucket === undefined) throw new BucketGone();
    return this.#bucket;
  }

  #isCut(host: SimulatedHost): boolean {
    return host.cutUntil > this.#time.now || this.#downUntil > this.#time.now;
  }

  #isLost(): boolean {
    return !this.#lossless && this.#time.random() < this.#options.lost;
  }

  /** Takes a while there and back, sometimes long; may be lost either way. */
  #request<T>(host: SimulatedHost, work: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const delay = (): number =>
      this.#time.random() < 0.03 ? this.#time.random() * 1_500 : 1 + this.#time.random() * 4;
    this.#later(host, this.#options.ttl / 6, () => reject(new Error('no answer in time')));
    const arrives = this.#time.now + delay();
    this.#time.at(arrives, () => {
      if (this.#isCut(host) || this.#isLost()) return;
      let answer: () => void;
      try {
        const value = work();
        answer = () => resolve(value);
      } catch (thrown) {
        answer = () => reject(thrown as Error);
      }
      if (this.#isLost()) return;
      this.#later(host, delay(), () => {
        if (!this.#isCut(host)) answer();
      });
    });
    return promise;
  }
}
