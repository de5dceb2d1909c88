/** What a host serves to one run: its hub, the pools and shared workers of its project, and what they have done. */
import { hostname } from 'node:os';
import type { HostDirectory } from '../hosts/host-directory.ts';
import { toRecord } from '../base/errors.ts';
import { forgetRedaction, redactFor } from '../base/redact.ts';
import { messageOf } from '../base/thrown.ts';
import type { WatchedFiles } from '../process/files.ts';
import type { Configured, HostSummary } from '../wire/control.ts';
import type { ConfigureResult } from './configure.ts';
import { Hub } from './hub/hub.ts';
import type { HubOptions } from './hub/hub-options.ts';
import type { HubPool } from './hub/hub-pool.ts';
import { loadAndCleanUp } from './load-clean-up.ts';
import type { Placing } from './placing/placing.ts';
import { SharedWorkers } from './shared-workers/shared-workers.ts';
import type { SharedWorkerPlan } from './shared-workers/worker-plan.ts';

export interface ServedRunOptions extends Pick<
  HubOptions,
  'token' | 'folder' | 'run' | 'runInfo' | 'sharedPorts' | 'runner' | 'stop' | 'timelineOf' | 'passing'
> {
  readonly socketOf: HostDirectory['socketOf'];
  /** What the threads of shared workers have as their environment. Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Its workers have what they share beside sessions from another host. */
  readonly sessionsOnly?: boolean | undefined;
}

export class ServedRun {
  readonly hub: Hub;
  readonly #sessionsOnly: boolean;
  readonly #pools = Promise.withResolvers<ReadonlyMap<string, HubPool>>();
  readonly #named = Promise.withResolvers<ReadonlyMap<string, SharedWorkerPlan>>();
  /** The pools, once the config is loaded. */
  #made: ReadonlyMap<string, HubPool> = new Map();
  #served: Promise<boolean> | undefined;

  constructor({ socketOf, env, sessionsOnly = false, ...options }: ServedRunOptions) {
    this.#sessionsOnly = sessionsOnly;
    this.#named.promise.catch(() => {}); // reported to each call that names one
    const { token } = options;
    const sharedWorkers = new SharedWorkers({ token, named: this.#named.promise, pathOf: socketOf, env });
    this.hub = new Hub({ ...options, pools: this.#pools.promise, sharedWorkers, cleanUp: loadAndCleanUp });
  }

  /** Gives the run what its config says. @param placing sends what finds no place here to other hosts */
  configured(outcome: ConfigureResult, placing?: Placing): Configured {
    this.hub.reach.placing = placing;
    // Before anything is shown.
    redactFor(this, outcome.redact);
    if (outcome.problem === undefined) {
      this.#made = placing?.pools(outcome.pools) ?? outcome.pools;
      this.#named.resolve(outcome.sharedWorkers);
      this.#pools.resolve(this.#made);
      this.hub.reach.configured(this.#sessionsOnly ? undefined : outcome.reach, hostname());
    } else {
      this.hub.reach.failed(outcome.problem);
      this.#named.reject(outcome.problem);
      this.#pools.reject(outcome.problem);
    }
    const declared = (this.hub.declared = { locks: outcome.locks ?? {}, redact: outcome.redact });
    const pools = [...this.#made.keys()];
    const sharedWorkers = [...(outcome.sharedWorkers?.keys() ?? [])];
    const { files, problem, host } = outcome;
    return { pools, sharedWorkers, ...declared, files, problem: problem && toRecord(problem), host };
  }

  summary(): HostSummary {
    const pools = [...this.#made.values()].map((pool) => pool.statsOfRun());
    const leaks = this.hub.leaks.summary();
    return { pools, crashes: this.hub.sharedWorkers.crashes(), ...(leaks !== undefined && { leaks }) };
  }

  get watched(): WatchedFiles {
    const all = [...this.#made.values()].map(({ watched }) => watched);
    return { files: all.flatMap(({ files }) => files), globs: all.flatMap(({ globs }) => globs) };
  }

  /**
   * Ends the sessions of its pools, which take no more. True: clients that tests have left open are connected to a server,
   * and would break if it ended now.
   */
  async inUse(): Promise<boolean> {
    const pools = [...this.#made.values()];
    await Promise.all(pools.map((pool) => pool.endSessions()));
    const uses = await Promise.all(pools.map((pool) => pool.inUse()));
    return uses.includes(true);
  }

  /** Ends all but its pools. As `close`; a second call joins the first. */
  closeHub(): Promise<boolean> {
    return (this.#served ??= this.#closeHub());
  }

  async #closeHub(): Promise<boolean> {
    await this.hub.close().catch((thrown: unknown) => {
      process.stderr.write(`carpool: Not all that the tests held was given back: ${messageOf(thrown)}\n`);
    });
    // They run until the last test file has left them.
    return await this.hub.sharedWorkers.close();
  }

  /** Does not reject: what fails is printed. False: a shared worker may be in a native call, and keep the process from exiting. */
  async close(): Promise<boolean> {
    // In parallel: a child that confirms nothing costs its deadline once, not once for each session.
    // A config that is still being loaded is not awaited: the calls that need its pools have failed by then.
    const closing = [...this.#made.values()].map((pool) => pool.close());
    const ends = await Promise.allSettled([this.closeHub(), ...closing]);
    forgetRedaction(this);
    for (const end of ends) if (end.status === 'rejected') process.stderr.write(`carpool: ${messageOf(end.reason)}\n`);
    const [hub] = ends;
    return hub.status === 'fulfilled' && hub.value;
  }
}
