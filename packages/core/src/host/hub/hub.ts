/**
 * Serves pools to the workers of a run. A worker connects, shows the token, and is from then on a *peer*: whatever it
 * registers belongs to it, and is released when its socket closes, however that came about.
 *
 *   socket ──▶ peer (greeting ─▶ joined ─▶ left) ──▶ relay, one a session ──▶ pool
 */
import { createServer, type Server, type Socket } from 'node:net';
import { CarpoolError } from '../../base/errors.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import type { Pool } from '../../pool/pool.ts';
import type { PoolStats } from '../../pool/types.ts';
import { SharedWorkers } from '../shared-workers/shared-workers.ts';
import { greetTimeout, sameToken } from '../../wire/greeting.ts';
import { BusyPoll } from '../../transport/busy-poll.ts';
import { Coordination } from './coordination.ts';
import { Peer } from './peer.ts';

export interface HubLimits {
  /** Workers connected at once. Default 1,024. */
  readonly maxPeers: number;
  /** Milliseconds in which a worker must have shown the token. Default 5,000. */
  readonly greetTimeout: number;
  /** Bytes that may wait for one worker to read. Default 256 MiB. */
  readonly maxBacklogBytes: number;
}

export const defaultHubLimits: HubLimits = {
  maxPeers: 1024,
  greetTimeout,
  maxBacklogBytes: 256 * 1024 * 1024,
};

/** Workers over the limit that are told so; more are hung up on. */
const maxRefusedPeers = 16;

export interface HubOptions {
  readonly token: string;
  /** The pools by name, as soon as they are known. A rejection is what every `register` then fails with. */
  readonly pools: Promise<ReadonlyMap<string, Pool>>;
  /** Default: a hub that has none, and says so. */
  readonly sharedWorkers?: SharedWorkers;
  readonly clock?: Clock;
  readonly limits?: Partial<HubLimits>;
}

export class Hub {
  readonly clock: Clock;
  readonly limits: HubLimits;
  readonly pools: Promise<ReadonlyMap<string, Pool>>;
  readonly sharedWorkers: SharedWorkers;
  /** What the workers share beside the pools. */
  readonly coordination: Coordination = new Coordination();
  /** For calls; what sessions say to a child is not answered at once. */
  readonly busyPoll: BusyPoll = new BusyPoll();
  readonly #token: Buffer;
  readonly #server: Server;
  readonly #peers = new Set<Peer>();
  #joined = 0;

  constructor(options: HubOptions) {
    this.clock = options.clock ?? systemClock;
    this.limits = { ...defaultHubLimits, ...options.limits };
    this.pools = options.pools;
    this.sharedWorkers = options.sharedWorkers ?? new SharedWorkers();
    // Reported by `register` to whoever wants a pool; nobody else has to listen.
    this.pools.catch(() => {});
    this.#token = Buffer.from(options.token);
    this.#server = createServer((socket) => this.#connected(socket));
  }

  /** @throws what the system says of the path */
  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
  }

  /** Workers connected now. */
  get peers(): number {
    return this.#peers.size;
  }

  /** Compares in constant time. */
  admits(token: string): boolean {
    return sameToken(token, this.#token);
  }

  nextPeerNumber(): number {
    return ++this.#joined;
  }

  /** @throws CarpoolError SESSION_REFUSED if there is no such pool, CONFIG_INVALID if there are none */
  async pool(name: string): Promise<Pool> {
    const pools = await this.pools;
    const pool = pools.get(name);
    if (pool !== undefined) return pool;
    const known = [...pools.keys()].map((other) => JSON.stringify(other)).join(', ');
    const allowed = known === '' ? 'the config has no pools' : `the config has ${known}`;
    throw new CarpoolError('CONFIG_INVALID', `There is no pool ${JSON.stringify(name)}: ${allowed}`, {
      scope: 'call',
      context: { path: `pools.${name}`, found: name, allowed: [...pools.keys()] },
    });
  }

  async stats(): Promise<PoolStats[]> {
    return [...(await this.#settled())].map((pool) => pool.stats());
  }

  /**
   * A new run begins: earlier failures no longer count, and what is computed once is computed again.
   * @param alone no other runner is on this hub
   */
  async run(alone: boolean = false): Promise<void> {
    await this.sharedWorkers.run(alone);
    this.coordination.renew();
    for (const pool of await this.#settled()) pool.forgive();
  }

  /** Takes no more workers, releases what the connected ones hold, and disconnects them. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all([...this.#peers].map((peer) => peer.leave('because the run has ended')));
    await closed;
  }

  async #settled(): Promise<Iterable<Pool>> {
    const pools = await this.pools.catch((): ReadonlyMap<string, Pool> => new Map());
    return pools.values();
  }

  #connected(socket: Socket): void {
    const { maxPeers } = this.limits;
    if (this.#peers.size >= maxPeers + maxRefusedPeers) {
      socket.destroy();
      return;
    }
    const full = `${maxPeers} workers are connected already, and that is the limit`;
    const peer = new Peer(this, socket, this.#peers.size < maxPeers ? undefined : full);
    this.#peers.add(peer);
    void peer.left.then(() => this.#peers.delete(peer));
  }
}
