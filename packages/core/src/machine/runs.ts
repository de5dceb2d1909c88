/**
 * The runs of a machine's host. Each has what a run's host would be: a hub on a socket of its own, with a token of its own,
 * so that leases, values and shared workers of two runs have nothing to do with each other.
 *
 *   openRun ─▶ config loaded, listening ─▶ … ─end of its main process, closeRun─▶ all that it held is given back
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Cancellation } from '../base/cancellation.ts';
import { CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import type { HostDirectory } from '../hosts/host-directory.ts';
import { otherBounds } from '../hosts/machine-bounds.ts';
import { hostMarker } from '../process/environment.ts';
import { removeIfAllowed } from '../process/files.ts';
import type { PidFiles } from '../process/pid-files.ts';
import type { PortSpace } from '../process/free-port.ts';
import type { ShowsSession } from '../pool/status.ts';
import type { Passing } from '../pool/passing.ts';
import { formatAddress } from '../wire/address.ts';
import {
  describeRun,
  type InviteRequest,
  type InviteResult,
  type OpenRunRequest,
  type RevokeRequest,
  type RevokeResult,
  type RunInfoResult,
} from '../wire/machine-messages.ts';
import type { HostBounds, LeavingStatus, ListenStatus } from '../wire/status.ts';
import { configure } from '../host/configure.ts';
import type { Hub } from '../host/hub/hub.ts';
import type { HostedRun, HostedRuns, MachineStatus, Runner } from '../host/hub/peer-run.ts';
import type { OpenEntrance, RunEntrance } from '../host/hub/remote-access.ts';
import { ServedRun } from '../host/served-run.ts';
import { identitiesOf, type PoolMade } from '../reach/offer.ts';
import type { Listening } from '../wire/control.ts';
import { printLine } from './log.ts';
import { MachineRun } from './machine-run.ts';
import type { Offering, OfferingOptions } from './offering.ts';
import { PoolDefinition } from '../definitions/pool-definition.ts';
import { placingOf } from './placed-run.ts';
import type { RunPool } from './run-pool.ts';
import { Projects } from './projects.ts';
import { SharedPools } from './shared-pools.ts';
import { useOf, type HostUse } from './host-use.ts';

export interface MachineRunsOptions {
  readonly bounds: HostBounds;
  readonly directory: HostDirectory;
  /** Where servers of pools reserve their ports. */
  readonly ports: PortSpace;
  /** Where their tests do: no two tests of the runs here get the same one. */
  readonly reservations: () => Hub['coordination']['reservations'];
  readonly started: PidFiles;
  readonly passing: Passing;
  /** A run has come or gone. */
  readonly changed: () => void;
  /** Ends the host, and tells those that are connected to it. @param by as of `endedOnPurpose` */
  readonly stop: (by: NodeJS.Signals | undefined) => void;
  /** For other machines. */
  readonly listener: () => Listener | undefined;
  /** Undefined: the host does not leave. */
  readonly leaving: () => LeavingStatus | undefined;
}

interface Listener {
  invite(request: InviteRequest): InviteResult;
  revoke(name: string): RevokeResult;
  status(): ListenStatus;
}

/** Milliseconds for the config that is offered to other machines. */
const configTimeout = 60_000;

export class MachineRuns implements HostedRuns {
  readonly #options: MachineRunsOptions;
  readonly #runs = new Set<MachineRun>();
  readonly #projects = new Projects();
  readonly #pools: SharedPools;
  #offering: Offering | undefined;
  /** Aborted when no more sessions of other hosts are taken. */
  readonly #leaving = new Cancellation();
  #sockets = 0;

  constructor(options: MachineRunsOptions) {
    this.#options = options;
    const { started, passing, ports, directory, changed, bounds } = options;
    const shared = { started, passing, ports, folder: directory.folder, changed, print: printLine };
    this.#pools = new SharedPools({ ...shared, ...bounds, filled: () => this.#offering?.filled() });
  }

  /** Something is connected to the server of a run that has gone, and would break if it ended. */
  get isLeftInUse(): boolean {
    return this.#pools.isLeftInUse;
  }

  /** Runs that are there now. */
  get size(): number {
    return this.#runs.size;
  }

  get(id: string | undefined): MachineRun | undefined {
    return [...this.#runs].find((run) => run.id === id);
  }

  /** Of those that listen. Those of another machine have no socket of a hub here. */
  sockets(): { readonly hub: Hub; readonly path: string | undefined; readonly folder: string }[] {
    const listening = [...this.#runs].filter(({ listens }) => listens);
    return listening.map(({ hub, path, folder, client }) => ({
      hub,
      folder,
      path: client === undefined ? path : undefined,
    }));
  }

  invite(request: InviteRequest): InviteResult {
    return this.#listener.invite(request);
  }

  revoke({ name }: RevokeRequest): RevokeResult {
    const listener = this.#listener;
    for (const run of this.#runs) if (run.client === name) run.revoked();
    return listener.revoke(name);
  }

  /** Offers the pools of a project to the runs of other machines. */
  async offer({ project, env, cwd }: Listening, addresses: OfferingOptions['addresses']): Promise<void> {
    const { Offering: Made } = await import('./offering.ts');
    this.#offering = new Made({
      project,
      place: { env: { ...env, ...markOf(this.#options.directory) }, cwd, configTimeout },
      addresses,
      projects: this.#projects,
      stats: (digest) => this.#pools.stats(digest),
      print: printLine,
    });
    await this.#offering.start();
  }

  /** Offers nothing more. Sessions of other hosts that are open stay, and what waits for one is sent away. */
  leave(): void {
    void this.#offering?.close();
    this.#leaving.abort(() => new Error('the host leaves'));
  }

  /** What its runs have here now. */
  get use(): HostUse {
    return useOf(this.#runs);
  }

  async open(request: OpenRunRequest, runner: Runner, entrance?: RunEntrance): Promise<HostedRun> {
    const { directory, started, ports, reservations, changed } = this.#options;
    const { randomBytes } = process.getBuiltinModule('node:crypto');
    const token = randomBytes(32).toString('hex');
    const nextSocket = (): string => directory.socketOf(++this.#sockets);
    const path = nextSocket();
    const folder = join(directory.folder, `run-${this.#sockets}`);
    await mkdir(folder, { mode: 0o700 });
    const { id } = request.run;
    const env = { ...request.env, ...markOf(directory) };
    const label = { id, name: describeRun(request.run, entrance?.name) };
    let entered: OpenEntrance | undefined;
    const runInfo = async (): Promise<RunInfoResult> => ({
      run: request.run,
      machine: entered?.machine ?? directory.record.address,
    });
    const served = new ServedRun({
      token,
      folder,
      run: label,
      runInfo,
      sharedPorts: reservations(),
      timelineOf: () => run.timeline,
      socketOf: nextSocket,
      env,
      sessionsOnly: request.sessionsOnly,
    });
    const used = new Set<RunPool>();
    const made = new Map<string, PoolMade>();
    const run: MachineRun = new MachineRun({
      request,
      runner,
      served,
      path,
      client: entrance?.name,
      folder,
      over: () => {
        this.#runs.delete(run);
        entered?.close();
        // Also where the config failed after some of its pools were made.
        for (const pool of used) void pool.close();
        removeIfAllowed(folder, { recursive: true }); // else it goes with that of the host
        changed();
      },
    });
    this.#runs.add(run);
    changed();
    try {
      if (entrance === undefined) {
        for (const told of otherBounds(request.env, this.#options.bounds)) runner.print(`carpool: ${told}\n`);
        await served.hub.listen(path);
      } else entered = entrance.open({ hub: served.hub, label, token });
      run.listens = true;
      const place = { ...request, env };
      const print = (text: string): void => runner.print(text);
      const say = (text: string): void => print(`carpool: ${text}\n`);
      const loading = this.#projects.load(request, place, { say });
      const outcome = await configure(request, {
        started,
        ports,
        folder: directory.folder,
        load: () => loading,
        openTranscript: (config) => run.openTranscript(config),
        makePool: async (settings, options) => {
          const definition = await PoolDefinition.of({ settings, options, project: await loading, place });
          if (settings.server === undefined) made.set(settings.name, definition.portable);
          const until = request.sessionsOnly === true ? this.#leaving : undefined;
          const kept = { timeline: run.timeline, transcript: run.recordedPool(settings.name) };
          const pool = this.#pools.use({ definition, print, until, ...kept });
          used.add(pool);
          // The run may have been ended while its config was loaded.
          if (!this.#runs.has(run)) void pool.close();
          return pool;
        },
      });
      const { files } = (await loading.catch(noop))?.modules ?? { files: [] };
      // A run of another machine goes to no third one.
      const self = this.#offering?.host;
      const placing =
        entrance === undefined ? await placingOf(outcome.reach, { request, runner, made, self }) : undefined;
      const configured = served.configured(outcome, placing);
      await run.keepTimeline(outcome.config);
      await served.hub.reach.ready();
      const own = { ...configured, files: [...new Set([...configured.files, ...files, ...served.watched.files])] };
      const identities = request.sessionsOnly === true ? identitiesOf(made) : undefined;
      run.opened =
        entered === undefined
          ? { ...own, address: formatAddress({ path, token }) }
          : { ...own, files: [], address: entered.address, identities };
      return run;
    } catch (thrown) {
      await run.close();
      throw thrown;
    }
  }

  /** @param by of the host: as of `endedOnPurpose` */
  async stop(id: string | undefined, by?: NodeJS.Signals): Promise<void> {
    if (id === undefined) {
      for (const run of this.#runs) run.tellEnd('machine', by);
      this.#options.stop(by);
      return;
    }
    const run = this.get(id);
    if (run === undefined)
      throw new CarpoolError('HUB_REJECTED', `The host of this machine has no run ${JSON.stringify(id)}`, {
        scope: 'call',
      });
    await run.stop();
  }

  status(most: number, shows?: ShowsSession): MachineStatus {
    const runs = [...this.#runs];
    return {
      runs: runs.map((run) => run.status),
      pools: this.#pools.status(most, shows),
      leases: runs.flatMap(({ hub }) => hub.leaseStatus(most)),
      bounds: this.#options.bounds,
      listens: this.#options.listener()?.status(),
      leaving: this.#options.leaving(),
    };
  }

  get #listener(): Listener {
    const listener = this.#options.listener();
    if (listener !== undefined) return listener;
    const message =
      'The host of this machine does not listen for other machines: end it by `carpool stop`, and start it with `carpool serve --listen HOST:PORT`';
    throw new CarpoolError('HUB_REJECTED', message, { scope: 'call', blame: 'setup' });
  }

  /** @returns false if something would keep the process from exiting */
  async close(): Promise<boolean> {
    const [ends] = await Promise.all([Promise.all([...this.#runs].map((run) => run.end())), this.#offering?.close()]);
    await this.#pools.close();
    return ends.every(Boolean);
  }
}

/** What all that a host starts carries. */
function markOf(directory: HostDirectory): Record<string, string> {
  return { [hostMarker]: directory.id };
}
