/**
 * The host of a run: the running one that the environment names (`carpool run -- …` starts one for the command and its
 * children), else a new one, or that of the machine.
 */
import { dirname } from 'node:path';
import { asCarpoolError, toRecord } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { HostClient } from '../client/client.ts';
import type { Client } from '../client/types.ts';
import { findMachineFolder, livingMachineHost, machineLog } from '../hosts/machine-folder.ts';
import type { Configured, GroupLeader, HostSummary } from '../wire/control.ts';
import { checkJoinable, joinMachine, openRun, printed } from './join-machine.ts';
import { GroupGuard } from './group-guard.ts';
import { hostMain, startHost } from './start-host.ts';
import type { Host, HostOptions, JoinOptions } from './types.ts';
import { replayVariable } from '../replay/variable.ts';
import { addressVariable, asOfVariable, isRemote, localPath, parseAddress } from '../wire/address.ts';

/**
 * @param runner for messages: "vitest", "jest", "playwright"
 * @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED
 */
export async function joinHost(options: JoinOptions, runner: string): Promise<Host> {
  const address = process.env[addressVariable];
  if (address === '') tellEmpty();
  if (address === undefined || address === '') return await ownHost(options, runner);
  const log = logOf(address);
  const client = await HostClient.connect({ address, runner, printed, log }).catch((thrown: unknown) => {
    throw asOfVariable(thrown);
  });
  // What is wrong with the pools is reported where they are asked for.
  const machine = await client.names().then((names) => names.machine, noop);
  const parsed = parseAddress(address);
  const place = isRemote(parsed) ? parsed : undefined;
  if (machine !== undefined) return await openRun(client, options, { runner, ...machine, place, log });
  return new JoinedHost(client, { address, log }, options);
}

let toldEmpty = false;

/** Once, and not again in watch mode: a secret that a CI does not have, say, is an empty variable. */
function tellEmpty(): void {
  if (toldEmpty) return;
  toldEmpty = true;
  printed(
    `carpool: ${addressVariable} is empty, and counts as unset: this run uses no host that is named, but one of this machine. Set it to the address of a host, or unset it\n`,
  );
}

/** One of its own, or a run on the host of the machine. */
async function ownHost(options: HostOptions, runner: string): Promise<Host> {
  const { host } = options;
  // Recordings are those of this run, and its own host has the environment that names them.
  if ((process.env[replayVariable] ?? '') !== '') return await startHost({ ...options, runner });
  if (host === 'machine') return await joinMachine(options, runner);
  const started = await startHost({ ...options, runner, mayLeave: host === undefined });
  if ((await started.configured).host !== 'machine') return started;
  await started.stop();
  return await joinMachine(options, runner);
}

/** That of the host of this machine, where this is its address, or that of one of its runs. */
function logOf(address: string): string | undefined {
  try {
    const place = parseAddress(address);
    if (isRemote(place)) return undefined;
    const folder = findMachineFolder();
    const host = livingMachineHost(folder);
    const isOfIt = host !== undefined && dirname(localPath(host.address)) === dirname(place.path);
    return isOfIt && folder !== undefined ? machineLog(folder) : undefined;
  } catch {
    return undefined; // the folder is another user's: that host is none of this one's; or it is no address, as `connect` says
  }
}

/** A host that another process started: this run uses it and leaves it running. */
class JoinedHost implements Host {
  readonly address: string;
  readonly pid = undefined;
  readonly log: string | undefined;
  readonly configured: Promise<Configured>;
  readonly exited: Promise<void>;
  readonly #client: Client;
  readonly #guard = new GroupGuard(hostMain());

  constructor(client: Client, { address, log }: Pick<Host, 'address' | 'log'>, options: JoinOptions) {
    this.#client = client;
    this.address = address;
    this.log = log;
    this.configured = this.#configured(options);
    this.exited = client.closed.then(() => {});
  }

  /** Crashes are the business of the process that started it. */
  async summary(): Promise<HostSummary> {
    return { pools: await this.#client.stats().catch(() => []), crashes: [] };
  }

  async runStarted(): Promise<void> {
    await this.#client.runStarted().catch(() => {});
  }

  /** Its files are the business of the process that started it. */
  async runEnded(): Promise<undefined> {
    await this.#client.runEnded().catch(() => {});
  }

  owns(groups: readonly GroupLeader[]): void {
    this.#guard.owns(groups);
  }

  /** It goes on, because other runners may use it. */
  async stop(): Promise<HostSummary> {
    const summary = await this.summary();
    this.#client.close();
    this.#guard.close();
    return summary;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #configured(options: JoinOptions): Promise<Configured> {
    try {
      checkJoinable(options);
      const { pools, sharedWorkers, locks, redact } = await this.#client.names();
      return { pools, sharedWorkers, locks, redact, files: [] };
    } catch (thrown) {
      return {
        pools: [],
        sharedWorkers: [],
        locks: {},
        files: [],
        problem: toRecord(asCarpoolError(thrown, 'HUB_LOST', 'The host does not answer')),
      };
    }
  }
}
