/** Three hosts and a server in simulated time; what they are granted and told, and what of that must not be. */
import { Leases } from '../../src/leases.ts';
import type { NameOf } from '../../src/record.ts';
import { timingOf } from '../../src/validity.ts';
import { SimulatedHost, SimulatedServer } from './simulated-server.ts';
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
  /** When hosts end, in milliseconds, each one that lives then. */
  readonly ends?: readonly number[];
}

interface Holding {
  readonly host: number;
  readonly weight: number;
}

const names = ['db', 'printer'];
/** When faults are over and everything must go on. */
const quiet = 12_000 + 9_000;
/** Milliseconds for the end of a host. */
export const longestEnd = 4_000;

export class SimulatedRun {
  readonly doubleHolders: string[] = [];
  readonly fenceFaults: string[] = [];
  grants = 0;
  /** Milliseconds. */
  longestEnd = 0;
  readonly #options: SimulatedRunOptions;
  readonly #time: Timeline;
  readonly #hosts: SimulatedHost[];
  readonly #server: SimulatedServer;
  readonly #holdings = new Map<string, Set<Holding>>();
  readonly #fences = new Map<string, readonly [number, number]>();
  readonly #lastGrant = new Map<number, number>();

  constructor(options: SimulatedRunOptions) {
    this.#options = options;
    this.#time = new Timeline(options.seed);
    this.#hosts = options.rates.map((_, number) => new SimulatedHost(number, this.#time));
    const { lost, ends } = options;
    this.#server = new SimulatedServer({ time: this.#time, hosts: this.#hosts, lost, ordered: ends !== undefined });
    for (const host of this.#hosts) this.#start(host);
    for (const host of this.#hosts) {
      const at = ends?.[host.number];
      if (at !== undefined) host.later(at, () => this.#end(host));
    }
    for (const fault of options.faults) this.#time.at(fault.at, () => this.#break(fault));
    this.#time.at(quiet, () => (this.#server.lossless = true));
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

  /**
   * The bucket is still there, and nobody was told that it may be: no host has said so at its end, and none was killed since the
   * first one ended, to which it may have been left.
   */
  get staysUntold(): boolean {
    const { faults, ends = [] } = this.#options;
    const since = Math.min(...ends);
    return (
      this.#server.bucket !== undefined && !this.told && !faults.some(({ kind, at }) => kind === 'kill' && at >= since)
    );
  }

  /** A host has said at its end that the bucket may stay. */
  get told(): boolean {
    return this.#hosts.some(({ told }) => told);
  }

  #end(host: SimulatedHost): void {
    const began = this.#time.now;
    // Its tests have ended.
    this.#releaseAll(host);
    const until = host.clock(this.#options.rates[host.number] ?? 1).now() + longestEnd;
    host.leases.close({ store: this.#server.storeOf(host, 250), removed: async () => {}, until }).then(
      (why) => {
        host.told = why !== undefined;
        this.longestEnd = Math.max(this.longestEnd, this.#time.now - began);
      },
      (thrown: unknown) => this.doubleHolders.push(`an end has failed: ${String(thrown)}`),
    );
  }

  #start(host: SimulatedHost): void {
    const { ttl, rates } = this.#options;
    host.leases = new Leases({
      store: this.#server.storeOf(host, ttl / 6),
      clock: host.clock(rates[host.number] ?? 1),
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
    const again = (): void => void host.later(this.#time.random() * 400, () => this.#cycle(host, name));
    const id: string = host.leases.want(
      { ...of, weight, by: 'a test', wait: true },
      {
        granted: ({ revision, epoch }) => {
          holding = this.#granted(host, of, weight, [this.#server.numberOf(epoch), revision]);
          host.later(this.#time.random() * 700, () => {
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

  #releaseAll({ number }: SimulatedHost): void {
    for (const holdings of this.#holdings.values())
      for (const holding of holdings) if (holding.host === number) holdings.delete(holding);
  }

  #break(fault: Fault): void {
    const { now } = this.#time;
    switch (fault.kind) {
      case 'kill': {
        const host = this.#hosts[fault.host];
        if (host === undefined) return;
        host.dead = true;
        // Its tests end with it.
        this.#releaseAll(host);
        return;
      }
      case 'stall':
        for (const host of this.#hosts) if (host.number === fault.host) host.stalledUntil = now + fault.duration;
        return;
      case 'partition':
        for (const host of this.#hosts) if (host.number === fault.host) host.cutUntil = now + fault.duration;
        return;
      case 'outage':
        this.#server.downUntil = now + fault.duration;
        return;
      case 'forget':
      case 'delete':
        this.#server.bucket = undefined;
    }
  }
}
