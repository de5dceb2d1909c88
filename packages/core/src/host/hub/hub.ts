/**
 * Serves pools to the workers of a run. A worker connects, shows the token, and is from then on a *peer*: all that it
 * registers belongs to it, and is released when its socket closes for whatever reason.
 *
 *   socket ──▶ peer (greeting ─▶ joined ─▶ left) ──▶ relay, one a session ──▶ pool
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { CarpoolError } from '../../base/errors.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import type { HolderRun } from '../../base/holder-label.ts';
import { version } from '../../base/version.ts';
import { noop } from '../../base/noop.ts';
import { runIn, type PeerRunInfo } from './holder-names.ts';
import type { GreetRequest } from '../../wire/messages.ts';
import { Coordination } from '../../ledger/coordination.ts';
import type { PoolStats } from '../../pool/types.ts';
import { SharedWorkers } from '../shared-workers/shared-workers.ts';
import { sameToken } from '../../wire/greeting.ts';
import type { PoolStatus, ShowsSession } from '../../pool/status.ts';
import type { Passing } from '../../session/passing.ts';
import { BusyPoll } from '../../transport/busy-poll.ts';
import type { HubOptions } from './hub-options.ts';
import type { HubPool } from './hub-pool.ts';
import { defaultHubLimits, type HubLimits } from './limits.ts';
import { Peer } from './peer.ts';
import { RunLeaks } from './run-leaks.ts';
import type { Declared, Holding, PeerHub, PeerKind } from './peer-hub.ts';
import { fullFor, noPool } from './refusals.ts';
import type { HostedRuns } from './peer-run.ts';
import type { RemoteAccess } from './remote-access.ts';
import type { RunInfoResult } from '../../wire/machine-messages.ts';
import { SessionTokens } from './session-tokens.ts';
import type { LeaseStatus, StatusRequest, StatusResult } from '../../wire/status.ts';
import { firstOf, leaseStatus } from './lease-status.ts';
import { SharedReach } from './shared-reach.ts';
import { ValueFiles } from './value-files.ts';

/** Workers over the limit that get a refusal; more are hung up on. */
const maxRefusedPeers = 16;

const defaultMost = 10; // entries of a list of `status`

export class Hub implements PeerHub {
  readonly clock: Clock;
  readonly limits: HubLimits;
  readonly pools: Promise<ReadonlyMap<string, HubPool>>;
  readonly sharedWorkers: SharedWorkers;
  /** It takes no more workers. */
  isClosed = false;
  /** What of the config its workers know, beside names. */
  declared: Declared = { locks: {} };
  /** What the workers share beside the pools. */
  readonly coordination: Coordination;
  readonly reach: SharedReach;
  readonly valueFiles: ValueFiles;
  /** Undefined: what looks at it is shown no messages. */
  readonly passing: Passing | undefined;
  /** For calls; the messages of sessions are answered by a child, and not at once. */
  readonly busyPoll: BusyPoll = new BusyPoll();
  readonly runs: HostedRuns | undefined;
  readonly runInfo: () => Promise<RunInfoResult>;
  readonly timelineOf: PeerHub['timelineOf'];
  readonly #run: HolderRun | undefined;
  readonly #runSeen: ((run: PeerRunInfo) => void) | undefined;
  readonly stop: (() => void) | undefined;
  readonly #runner: string | undefined;
  /** The pools, once they are known. */
  #settledPools: ReadonlyMap<string, HubPool> = new Map();
  readonly #peersChanged: (() => void) | undefined;
  readonly sessionTokens: SessionTokens = new SessionTokens();
  readonly leaks: RunLeaks = new RunLeaks();
  readonly #token: Buffer;
  readonly #createServer = (): Server => createServer((socket) => this.accept(socket));
  #server: Server;
  readonly #peers = new Set<Peer>();
  #joined = 0;
  #problemShown = false;
  /** The files of idle children have been looked at. */
  #lookedAt: Promise<void> | undefined;

  constructor(options: HubOptions) {
    this.clock = options.clock ?? systemClock;
    this.limits = { ...defaultHubLimits, ...options.limits };
    this.pools = options.pools;
    this.sharedWorkers = options.sharedWorkers ?? new SharedWorkers();
    // `register` reports it where a pool is wanted.
    this.pools.then((pools) => (this.#settledPools = pools), noop);
    this.valueFiles = new ValueFiles(options.folder);
    this.passing = options.passing;
    this.reach = new SharedReach(this.valueFiles);
    this.coordination = new Coordination({
      forgotten: async (name, value) => {
        if (value.cleanup !== undefined) await options.cleanUp?.(name, value);
        if (value.file !== undefined) this.valueFiles.remove(value.file);
      },
      runLives: options.runLives,
      ports: options.sharedPorts,
    });
    this.timelineOf = options.timelineOf ?? ((): undefined => undefined);
    this.#run = options.run;
    this.runs = options.runs;
    this.#runSeen = options.runSeen;
    this.runInfo = options.runInfo ?? (async () => ({}));
    this.stop = options.stop;
    this.#runner = options.runner;
    this.#peersChanged = options.peersChanged;
    this.#token = Buffer.from(options.token);
    this.#server = this.#createServer();
  }

  /** @throws what the system says of the path */
  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
  }

  /** Listens on a new socket in the place of one that has been removed, unless it is closed. Connections stay. @throws as `listen` */
  async listenAgain(path: string): Promise<void> {
    if (this.isClosed) return;
    // First, because to close it removes the socket at its path, whichever that is.
    this.#server.close();
    this.#server = this.#createServer();
    await this.listen(path);
  }

  /** Workers connected now, without what only looks, and without processes that have joined a session. */
  get peers(): number {
    return this.#count('worker');
  }

  get joinedProcesses(): number {
    return this.#count('joined process');
  }

  /** What its workers have. */
  get holding(): Holding {
    const all = [...this.#peers].map(({ holding }) => holding);
    const sum = (of: keyof Holding): number => all.reduce((total, one) => total + one[of], 0);
    return { sessions: sum('sessions'), untold: sum('untold') };
  }

  fullFor(kind: PeerKind): string | undefined {
    return fullFor(kind, this.#count(kind), this.limits);
  }

  greeted(): void {
    this.#peersChanged?.();
  }

  admits(token: string): boolean {
    return sameToken(token, this.#token);
  }

  runOf(greeted: GreetRequest['run'], remote?: RemoteAccess): HolderRun | undefined {
    // Of what another machine names nothing is believed.
    if (remote !== undefined) return this.#run ?? remote.run;
    const run = this.#run === undefined ? runIn(greeted) : undefined;
    if (run !== undefined) this.#runSeen?.(run);
    return this.#run ?? run;
  }

  problemShown(): boolean {
    const before = this.#problemShown;
    this.#problemShown = true;
    return before;
  }

  nextPeerNumber(): number {
    return ++this.#joined;
  }

  /** @throws CarpoolError CONFIG_INVALID if there is no such pool, and what `pools` rejects with */
  async pool(name: string): Promise<HubPool> {
    const pools = await this.pools;
    await this.#lookedAt;
    const pool = pools.get(name);
    if (pool === undefined) throw noPool(name, pools.keys());
    return pool;
  }

  /** What is there now: nothing of a pool or a worker is waited for. */
  async status({ most: wanted }: StatusRequest): Promise<StatusResult> {
    const most = typeof wanted === 'number' && wanted >= 0 ? wanted : defaultMost;
    const host = { version, pid: process.pid, age: Math.round(process.uptime() * 1_000) } as const;
    const leased = this.leaseStatus(most);
    if (this.runs !== undefined) {
      const { leases, ...machine } = this.runs.status(most);
      const all = [...leased, ...leases];
      return { ...host, kind: 'machine', ...machine, leaseCount: all.length, leases: firstOf(all, most) };
    }
    const { run } = await this.runInfo();
    const own = { runner: this.#runner, age: host.age, workers: this.peers, others: this.reach.placing?.status() };
    const runs = run === undefined ? [] : [{ ...run, ...own }];
    const pools = this.poolStatus(most);
    return { ...host, kind: 'run', runs, pools, leaseCount: leased.length, leases: firstOf(leased, most) };
  }

  /** Of all pools. @param shows as of `ChildPool.status` */
  poolStatus(most: number, shows?: ShowsSession): readonly PoolStatus[] {
    if (this.runs !== undefined) return this.runs.status(most, shows).pools;
    return [...this.#settledPools.values()].map((pool) => pool.status(most, shows));
  }

  /** What its workers hold of locks and the like, and wait for. */
  leaseStatus(most: number): LeaseStatus[] {
    const scope = this.runs === undefined ? 'run' : 'machine';
    const of = { now: this.clock.now(), most, run: this.#run?.id };
    return [...leaseStatus(this.coordination, { ...of, scope }), ...this.reach.status(of)];
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
    for (const shared of [this.coordination, this.reach.coordination]) shared.renew();
    // Tests of another runner may still use values of before: they are cleaned up when the host ends.
    if (alone) await this.coordination.onces.forget();
    if (alone) this.leaks.clear();
    for (const pool of await this.#settled()) {
      pool.resetFailures();
      if (alone) pool.countAnew();
    }
    await this.#replaceChanged();
  }

  /** All learn why their connections will end. @param remote the same, for those of other machines */
  tellEnd(error: CarpoolError, remote: CarpoolError = error): void {
    for (const peer of this.#peers) peer.tellEnd(peer.remote === undefined ? error : remote);
  }

  /** Takes no more workers, releases what the connected ones hold, and disconnects them. */
  async close(): Promise<void> {
    this.isClosed = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const why = this.runs === undefined ? 'because the run has ended' : 'because the host of this machine ends';
    for (const peer of this.#peers) peer.stopWaiting(why);
    await Promise.all([...this.#peers].map((peer) => peer.leave(why)));
    await closed;
    await Promise.all([this.coordination.onces.forget(), this.reach.close()]);
  }

  async #replaceChanged(): Promise<void> {
    for (const pool of await this.#settled()) await pool.replaceIfChanged();
  }

  async #settled(): Promise<Iterable<HubPool>> {
    const pools = await this.pools.catch((): ReadonlyMap<string, HubPool> => new Map());
    return pools.values();
  }

  #count(kind: PeerKind): number {
    return [...this.#peers].filter((peer) => peer.kind === kind).length;
  }

  /** A connection, which greets next. @param remote of one from another machine, which its listener has looked at */
  accept(socket: Socket, remote?: RemoteAccess): void {
    // What each is, its greeting says.
    if (this.#peers.size >= 2 * this.limits.maxPeers + maxRefusedPeers) {
      socket.destroy();
      return;
    }
    // The first worker of a run, in a runner that reports no runs: Playwright's UI.
    if (this.#peers.size === 0) {
      this.#lookedAt = this.#replaceChanged();
      this.#lookedAt.catch(noop); // `register` reports it
    }
    const peer = new Peer(this, socket, remote);
    this.#peers.add(peer);
    void peer.left.then(() => {
      this.#peers.delete(peer);
      this.#peersChanged?.();
    });
  }
}
