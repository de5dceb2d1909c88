/**
 * The host process: one a run. It serves a hub on a private socket, starts children when they are needed, and cleans up: it
 * outlives the runner for as long as that takes.
 *
 *   start ─▶ first line ─▶ listening ("ready") ─▶ config loaded ("configured") ─▶ … ─▶ stopping ─▶ exit
 *                                    `stop`, the end of the runner, a signal ─┘
 *
 * It reports "ready" before it loads what it does not need to listen.
 */
import { Socket } from 'node:net';
import { asCarpoolError, toRecord } from '../base/errors.ts';
import { defaultLimits } from '../codec/codec.ts';
import { newlineDelimited } from '../codec/delimited.ts';
import { Hub, type HubOptions } from './hub/hub.ts';
import type { ChildPool } from '../pool/pool.ts';
import { SharedWorkers } from './shared-workers/shared-workers.ts';
import type { SharedWorkerPlan } from './shared-workers/worker-plan.ts';
import type { WatchedFiles } from '../process/files.ts';
import { formatAddress } from '../wire/address.ts';
import { controlDescriptor, type Boot, type Command, type Configured, type Report } from '../wire/control.ts';
import { hostMarker } from '../process/environment.ts';
import type { PortSpace } from '../process/free-port.ts';
import { PidFiles } from '../process/pid-files.ts';
import { makeHostDirectory, type HostDirectory } from './host-directory.ts';
import { Restoration } from './restoration.ts';
import { endStarted, endStartedNow } from './started-processes.ts';

const windows = process.platform === 'win32';

/** After this the host exits in any case. Children have been killed by then, or cannot be. */
const stopLimit = 20_000;

let directory: HostDirectory | undefined;
let hub: Hub | undefined;
let restoration: Restoration | undefined;
/** What a killed host has left is being ended. */
let sweeping: Promise<void> | undefined;
/** The pools, once the config is loaded. */
let made: ReadonlyMap<string, ChildPool> = new Map();
let stopping: Promise<void> | undefined;
let booted = false;

/** Made by `runHost`: a process that only sweeps loads this file too, and has no such descriptor. */
let control: Socket | undefined;

/** Takes the first line of the runner, and serves until a command, the end of the runner or a signal stops it. */
export function runHost(): void {
  // Not Node's readline, whose loading would take a tenth of the time until the host is ready.
  const lines = newlineDelimited.unframer(defaultLimits);
  const decoder = new TextDecoder();
  const reports = (control = new Socket({ fd: controlDescriptor }));
  reports.on('data', (chunk: Uint8Array) => lines.push(chunk, (line) => onLine(decoder.decode(line))));
  for (const end of ['end', 'close'] as const) reports.once(end, () => void stop());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
  // The runner may be gone before it has read a report, or what a config prints.
  for (const stream of [reports, process.stdout, process.stderr]) stream.on('error', () => {});
  // Also after a crash; reaper.ts kills the children then.
  process.on('exit', endNow);
}

function onLine(line: string): void {
  if (booted) {
    void handle(JSON.parse(line) as Command);
    return;
  }
  booted = true;
  void serve(JSON.parse(line) as Boot).catch((thrown: unknown) => {
    const error = asCarpoolError(thrown, 'HUB_UNREACHABLE', 'The host cannot serve');
    report({ report: 'failed', error: toRecord(error) });
    void stop();
  });
}

async function serve(boot: Boot): Promise<void> {
  const { token } = boot;
  directory = makeHostDirectory();
  // Inherited by the threads of shared workers, and by all that is started here.
  process.env[hostMarker] = directory.id;
  const configured = Promise.withResolvers<ReadonlyMap<string, ChildPool>>();
  const named = Promise.withResolvers<ReadonlyMap<string, SharedWorkerPlan>>();
  named.promise.catch(() => {}); // reported to each call that names one
  const sharedWorkers = new SharedWorkers({ token, named: named.promise, pathOf: directory.socketOf });
  const cleanUp: HubOptions['cleanUp'] = async (name, value) => {
    await (await import('./clean-up.ts')).cleanUp(name, value);
  };
  hub = new Hub({ token, pools: configured.promise, sharedWorkers, folder: directory.folder, cleanUp });
  await hub.listen(directory.socket);
  report({ report: 'ready', address: formatAddress({ path: directory.socket, token }) });
  // A relay makes much short-lived garbage; with this option memory stays flat over a long run. Set here and not on the
  // command line, where it would slow the start down.
  process.getBuiltinModule('node:v8').setFlagsFromString('--optimize-for-size');
  const { configure } = await import('./configure.ts');
  const children = new PidFiles(directory.children);
  restoration = new Restoration({ directory, hub, children });
  const outcome = await configure(boot, {
    started: children,
    folder: directory.folder,
    ports: portsIn(hub.coordination.reservations),
  });
  if (outcome.problem !== undefined) named.reject(outcome.problem);
  else named.resolve(outcome.sharedWorkers);
  if (outcome.pools === undefined) configured.reject(outcome.problem);
  else configured.resolve((made = outcome.pools));
  const { files, problem } = outcome;
  const pools = [...(outcome.pools?.keys() ?? [])];
  const names = [...(outcome.sharedWorkers?.keys() ?? [])];
  const locks = outcome.locks ?? {};
  hub.locks = locks;
  const found: Configured = { pools, sharedWorkers: names, locks, files, problem: problem && toRecord(problem) };
  report({ report: 'configured', configured: found });
  await sweepOnce();
}

/** Where tests reserve theirs. */
function portsIn(reservations: Hub['coordination']['reservations']): PortSpace {
  const space = 'carpool.ports';
  return {
    reserve: (port) => reservations.reserve(space, [String(port)], { test: 'a server of a pool' }).length > 0,
    release: (port) => reservations.release({ space, values: [String(port)] }),
  };
}

/** Also at the end of a run that is too short to have come to it. */
function sweepOnce(): Promise<void> {
  return (sweeping ??= import('./sweep.ts').then(({ sweep }) => sweep()));
}

async function handle({ command, id }: Command): Promise<void> {
  if (command === 'ping') {
    report({ report: 'done', id });
    return;
  }
  if (command === 'runStarted' || command === 'runEnded') {
    if (command === 'runStarted') {
      await restoration?.check().catch(() => {}); // workers report that they cannot connect
      await hub?.run(true);
    } else hub?.sharedWorkers.ran();
    report(command === 'runStarted' ? { report: 'done', id } : { report: 'done', id, watched: watchedFiles() });
    return;
  }
  const pools = [...made.values()].map((pool) => pool.statsOfRun());
  if (command === 'stop') await stop();
  report({ report: 'done', id, summary: { pools, crashes: hub?.sharedWorkers.crashes() ?? [] } });
}

function watchedFiles(): WatchedFiles {
  const all = [...made.values()].map(({ watched }) => watched);
  return { files: all.flatMap(({ files }) => files), globs: all.flatMap(({ globs }) => globs) };
}

function stop(): Promise<void> {
  if (stopping === undefined) {
    setTimeout(endAtOnce, stopLimit).unref();
    const ended = shutDown();
    stopping = ended.then(() => {});
    // After the answer to `stop`.
    void ended.then((end) => setImmediate(() => control?.end(end)));
  }
  return stopping;
}

/** @returns how the process is to end */
async function shutDown(): Promise<() => void> {
  await restoration?.end();
  // In parallel: a child that confirms nothing costs its deadline once, not once for each session.
  // A config that is still being loaded is not awaited: the calls that need its pools have failed by then.
  const closing = [...made.values()].map((pool) => pool.close());
  // Shared workers run until the last test file has left them.
  const sharedWorkers = hub?.close().then(() => hub?.sharedWorkers.close());
  await Promise.allSettled([sharedWorkers, ...closing]);
  await Promise.allSettled([directory && endStarted(directory.id), sweepOnce()]);
  directory?.remove();
  directory = undefined;
  return (await sharedWorkers) === false ? endAtOnce : () => process.exit(0);
}

/** The `exit` handler: after a crash, and where the stop took too long. */
function endNow(): void {
  if (directory === undefined) return;
  endStartedNow(directory.id);
  directory.remove();
}

/** `exit` waits for a thread that is in a native call. The host is the leader of its group, and what that call runs is in it. */
function endAtOnce(): void {
  endNow();
  process.kill(windows ? process.pid : -process.pid, 'SIGKILL');
}

function report(line: Report): void {
  control?.write(`${JSON.stringify(line)}\n`);
}
