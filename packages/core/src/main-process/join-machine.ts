/** A run on the host of the machine, from the runner's main process. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { CarpoolError } from '../base/errors.ts';
import { HostClient } from '../client/client.ts';
import { connectToMachine } from '../client/connect-to-machine.ts';
import { killedText } from '../hosts/machine-host.ts';
import { runInfo } from '../hosts/run-info.ts';
import { ownEnvironment } from '../hosts/own-environment.ts';
import type { WatchedFiles } from '../process/files.ts';
import { transcriptWanted } from '../process/transcript-wish.ts';
import type { Configured, GroupLeader, HostSummary } from '../wire/control.ts';
import { addressVariable, resolveAddress, type Place } from '../wire/address.ts';
import type { OpenRunRequest, OpenRunResult } from '../wire/machine-messages.ts';
import { GroupGuard } from './group-guard.ts';
import { defaultConfigTimeout, hostMain } from './start-host.ts';
import type { Host, HostOptions, JoinOptions } from './types.ts';

/** Milliseconds: for what the host answers at once; for a run that ends. */
const replyTimeout = 5_000;
const runTimeout = 30_000;
/**
 * Milliseconds for a run that begins. The configs of other runs may be loaded before, each in the time that it has, which the
 * host keeps; whether the host answers at all, its heartbeat tells.
 */
const openTimeout = 86_400_000;

/**
 * Opens a run on the machine's host, which is started if there is none.
 * @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED
 */
export async function joinMachine(options: HostOptions, runner: string): Promise<Host> {
  const { client, found, log } = await connectToMachine((to) => HostClient.connect(to), { runner, printed });
  const killed = killedText(found);
  if (killed !== undefined) printed(`carpool: ${killed}\n`);
  return await openRun(client, options, { runner, pid: found.pid, log });
}

/** For the output of pools. */
export function printed(text: string): void {
  process.stderr.write(text);
}

/** By what, and where, a run is opened. */
interface Opening {
  readonly runner: string;
  /** The process of the host. */
  readonly pid: number;
  /** Where the host is, on another machine. */
  readonly place?: Place | undefined;
  /** The log of the host, where that is the one of this machine. */
  readonly log: string | undefined;
}

/** @throws CarpoolError HUB_REJECTED; CONFIG_INVALID for options that a host on another machine cannot take */
export async function openRun(client: HostClient, options: JoinOptions, by: Opening): Promise<Host> {
  const { configTimeout = defaultConfigTimeout } = options;
  const { pid, place, log } = by;
  try {
    const request = place === undefined ? ownProject(options, by.runner) : remoteProject(options, by.runner);
    const answer = client.ask({ method: 'openRun', ...request, configTimeout }, openTimeout);
    const { address, ...opened } = await answer;
    if (place !== undefined && transcriptWanted(process.env) !== false)
      printed(
        'carpool: no transcript is kept of a run on another machine: unset CARPOOL_ADDRESS to record it on this one\n',
      );
    return new MachineRun(
      client,
      { pid, log },
      { ...opened, address: place ? resolveAddress(address, place) : address },
    );
  } catch (thrown) {
    client.close();
    throw thrown;
  }
}

type Asked = Omit<OpenRunRequest, 'method' | 'configTimeout'>;

function ownProject(options: HostOptions, runner: string): Asked {
  const { configFile, pools } = options;
  const root = resolve(options.root);
  return { run: runInfo(root, runner), root, configFile, pools, env: ownEnvironment(), cwd: process.cwd() };
}

/** Another machine learns who asks, and nothing of this one's files and environment: its pools are its own. */
function remoteProject(options: JoinOptions, runner: string): Asked {
  checkJoinable(options);
  const run = runInfo(resolve(options.root), runner);
  return { run: { ...run, folder: `${hostname()}:${run.folder}` }, root: '', env: {}, cwd: '' };
}

/**
 * For a host that runs already, with a config of its own.
 * @throws CarpoolError CONFIG_INVALID for what cannot be added to it
 */
export function checkJoinable({ pools = {}, configFile, needsConfig = false }: JoinOptions): void {
  const names = Object.keys(pools);
  if (names.length > 0) {
    const message = `The pools ${names.join(', ')} of the adapter's options cannot be added to a host that runs already; write them into its config`;
    throw new CarpoolError('CONFIG_INVALID', message, { context: { path: 'pools' } });
  }
  if (configFile === undefined || !needsConfig) return;
  const message = `Cannot use the config ${configFile}: ${addressVariable} names a host that runs already, with a config of its own; leave \`--config\` out to use that one, or unset ${addressVariable} to start a host with yours`;
  throw new CarpoolError('CONFIG_INVALID', message, { context: { path: 'configFile', found: configFile } });
}

class MachineRun implements Host {
  readonly address: string;
  readonly pid: number;
  readonly log: string | undefined;
  readonly configured: Promise<Configured>;
  readonly exited: Promise<void>;
  readonly #client: HostClient;
  readonly #guard = new GroupGuard(hostMain());
  #stopping: Promise<HostSummary | undefined> | undefined;

  constructor(
    client: HostClient,
    { pid, log }: { readonly pid: number; readonly log: string | undefined },
    { address, ...configured }: OpenRunResult,
  ) {
    this.#client = client;
    this.pid = pid;
    this.log = log;
    this.address = address;
    this.configured = Promise.resolve(configured);
    this.exited = client.closed.then((error) => {
      if (error !== undefined && this.#stopping === undefined) process.stderr.write(`carpool: ${error.message}\n`);
    });
  }

  async summary(): Promise<HostSummary> {
    const none: HostSummary = { pools: [], crashes: [] };
    return await this.#client.ask({ method: 'summary' }, replyTimeout).catch(() => none);
  }

  async runStarted(): Promise<void> {
    await this.#client.runStarted().catch(() => {}); // a host that is gone is known by `exited`
  }

  async runEnded(): Promise<WatchedFiles | undefined> {
    const { files, globs } = await this.#client
      .ask({ method: 'runEnded' }, replyTimeout)
      .catch(() => ({ files: undefined, globs: undefined }));
    return files && globs && { files, globs };
  }

  owns(groups: readonly GroupLeader[]): void {
    this.#guard.owns(groups);
  }

  stop(): Promise<HostSummary | undefined> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<HostSummary | undefined> {
    const summary = await this.#client.ask({ method: 'closeRun' }, runTimeout).catch(() => undefined);
    this.#client.close();
    this.#guard.close();
    return summary;
  }
}
