/**
 * The host process of a run. It serves a hub on a private socket, starts children when they are needed, and cleans up: it
 * outlives the runner for as long as that takes.
 *
 *   start ─▶ first line ─▶ listening ("ready") ─▶ config loaded ("configured") ─▶ … ─▶ stopping ─▶ exit
 *                                    `stop`, the end of the runner, a signal ─┘
 *
 * It reports "ready" before it loads what it does not need to listen.
 */
import { Socket } from 'node:net';
import { asCarpoolError, toRecord } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { PendingTimeline } from '../base/timeline.ts';
import { defaultLimits } from '../codec/codec.ts';
import { newlineDelimited } from '../codec/delimited.ts';
import { formatAddress } from '../wire/address.ts';
import type { RunInfoResult } from '../wire/machine-messages.ts';
import { controlDescriptor, type Boot, type Command, type Report } from '../wire/control.ts';
import type { PlaceSources } from '../pool/launch.ts';
import { useEvidence } from '../base/evidence-option.ts';
import { hostMarker } from '../process/environment.ts';
import { PidFiles } from '../process/pid-files.ts';
import { Passing } from '../pool/passing.ts';
import { makeHostDirectory } from '../hosts/host-directory.ts';
import { staysInUse } from './left-in-use.ts';
import type { FreshModules as Modules } from '../config/fresh-modules.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { ConfigureResult } from './configure.ts';
import { Lifetime } from './lifetime.ts';
import { OwnedGroups } from './owned-groups.ts';
import type { Placing } from './placing/placing.ts';
import { Restoration } from './restoration.ts';
import { ServedRun } from './served-run.ts';
import type { TimelineFile } from './timeline-file.ts';
import type { TranscriptFile } from '../process/transcript-file.ts';
import { serverPorts } from './server-ports.ts';

/** Made by `runHost`: a process that only sweeps loads this file too, and has no such descriptor. */
let control: Socket;
let lifetime: Lifetime;
let run: ServedRun | undefined;
let booted = false;
const owned = new OwnedGroups();
const timeline = new PendingTimeline();
const passing = new Passing();
let kept: TimelineFile | undefined;
let transcript: TranscriptFile | undefined;

/** Takes the first line of the runner, and serves until a command, the end of the runner or a signal stops it. */
export function runHost(): void {
  // Not Node's readline, whose loading would take a tenth of the time until the host is ready.
  const lines = newlineDelimited.unframer(defaultLimits);
  const decoder = new TextDecoder();
  control = new Socket({ fd: controlDescriptor });
  lifetime = new Lifetime({
    signalled: (signal) => {
      const folder = lifetime.directory?.folder;
      void (run === undefined || folder === undefined ? lifetime.stop() : endOnPurpose(run, folder, signal));
    },
    close: async () => {
      const [closed] = await Promise.all([run?.close(), owned.end()]);
      kept?.close();
      transcript?.close();
      return closed !== false;
    },
    last: (exit) => void control.end(exit),
  });
  control.on('data', (chunk: Uint8Array) => lines.push(chunk, (line) => onLine(decoder.decode(line))));
  for (const end of ['end', 'close'] as const) control.once(end, () => void lifetime.stop());
  // The runner may be gone before it has read a report.
  control.on('error', () => {});
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
    void lifetime.stop();
  });
}

async function serve(boot: Boot): Promise<void> {
  const { token } = boot;
  useEvidence(boot.evidence);
  const directory = (lifetime.directory = makeHostDirectory(undefined, token));
  // Inherited by the threads of shared workers, and by all that is started here.
  process.env[hostMarker] = directory.id;
  const { folder, socket, socketOf } = directory;
  // Read now: after the runner's end it is the process of another.
  const pid = process.ppid;
  let info: Promise<RunInfoResult> | undefined;
  const served = (run = new ServedRun({
    token,
    folder,
    socketOf,
    runInfo: () => (info ??= infoOf(boot, pid)),
    runner: boot.runner,
    timelineOf: () => timeline,
    passing,
    stop: () => void endOnPurpose(served, folder),
  }));
  await served.hub.listen(socket);
  report({ report: 'ready', address: formatAddress({ path: socket, token }) });
  const since = performance.now();
  // A relay makes much short-lived garbage; with this option memory stays flat over a long run. Set here and not on the
  // command line, where it would slow the start down.
  process.getBuiltinModule('node:v8').setFlagsFromString('--optimize-for-size');
  const started = new PidFiles(directory.children);
  const sockets = () => [{ hub: served.hub, path: socket }];
  lifetime.restoration = new Restoration({ directory, sockets, children: started });
  const { outcome, placing } = await configuredBy(boot, { started, folder, ports: serverPorts(served.hub) });
  const configured = served.configured(outcome, placing);
  await keepTimeline(boot, outcome);
  // Late is no fault of the config. Half of what is left: the report has its way to go.
  await served.hub.reach.ready((boot.configTimeout - (performance.now() - since)) / 2);
  report({ report: 'configured', configured });
  await lifetime.sweepOnce();
}

interface Configuring {
  readonly outcome: ConfigureResult;
  readonly placing?: Placing | undefined;
}

/** Does not reject: locks, ports and values need no pools, and what is wrong with those is told where they are asked for. */
async function configuredBy(boot: Boot, place: Required<PlaceSources>): Promise<Configuring> {
  try {
    const [{ configure }, { loadConfig }, { FreshModules }] = await Promise.all([
      import('./configure.ts'),
      import('../config/load.ts'),
      import('../config/fresh-modules.ts'),
    ]);
    const modules = new FreshModules();
    const load: typeof loadConfig = async (project) => await loadConfig(project, modules);
    const openTranscript = async (config: LoadedConfig): Promise<TranscriptFile | undefined> => {
      const { openRunTranscript } = await import('./keep-transcript.ts');
      const { root, runner, records } = boot;
      return (transcript = openRunTranscript({ root, runner }, records === false ? { transcript: false } : config));
    };
    const outcome = await configure(boot, { ...place, load, timeline, passing, openTranscript });
    return { outcome, placing: await placingOf(outcome, modules, boot.runner) };
  } catch (thrown) {
    const problem = asCarpoolError(thrown, 'HUB_UNREACHABLE', 'The host cannot serve pools');
    return { outcome: { files: [], problem } };
  }
}

/** For `carpool report`, unless the config wants none. Does not reject: the run goes on without it. */
async function keepTimeline({ root, runner, records }: Boot, { config, host }: ConfigureResult): Promise<void> {
  if (records === false || config === undefined || config.report === false || host === 'machine') {
    timeline.goesTo(undefined);
    return;
  }
  try {
    const { timelineOf } = await import('./keep-timeline.ts');
    kept = timelineOf({ root, runner, pid: process.pid, transcript: transcript?.file });
    // After a crash, too.
    process.once('exit', () => kept?.close());
  } catch (thrown) {
    process.stderr.write(`carpool: Nothing is kept for \`carpool report\`: ${messageOf(thrown)}\n`);
  }
  timeline.goesTo(kept);
}

/** `carpool stop` wants it, or a signal is to end it. @param by as of `endedOnPurpose` */
async function endOnPurpose({ hub }: ServedRun, folder: string, by?: NodeJS.Signals): Promise<void> {
  // The run has ended then, or this was told.
  if (lifetime.stopping) return;
  try {
    const [{ endedOnPurpose }, { leaveEndingOfFolder }] = await Promise.all([
      import('../hosts/ended-on-purpose.ts'),
      import('../hosts/left-ending.ts'),
    ]);
    const error = endedOnPurpose('host', 'here', by);
    leaveEndingOfFolder(folder, error);
    hub.tellEnd(error);
  } catch (thrown) {
    process.stderr.write(
      `carpool: Tests are not told that ${by ?? '`carpool stop`'} ends their host: ${messageOf(thrown)}\n`,
    );
  } finally {
    await lifetime.stop();
  }
}

/** What sends registrations to other hosts, where the config has a way to hear of some. */
async function placingOf(
  { reach, pools, config, isReplay }: ConfigureResult,
  modules: Modules,
  runner: string | undefined,
): Promise<Placing | undefined> {
  // Other hosts have no recordings.
  if (isReplay === true) return undefined;
  if (reach?.topic === undefined || config === undefined || run === undefined) return undefined;
  const { placingFor, PortablePools } = await import('./placing/start.ts');
  const topic = reach.topic.bind(reach);
  const { runInfo } = run.hub;
  const portable = new PortablePools(pools, { ...config, modules });
  return placingFor({ topic, runInfo, runner }, { made: () => portable.all(), remade: portable });
}

/** The same for all workers of the run. */
async function infoOf({ root }: Boot, pid: number): Promise<RunInfoResult> {
  const { runInfo } = await import('../hosts/run-info.ts');
  return { run: { ...runInfo(root, ''), pid } };
}

async function handle(line: Command): Promise<void> {
  if (line.command === 'owns') {
    owned.set(line.groups);
    return;
  }
  const { command, id } = line;
  if (command === 'ping') {
    report({ report: 'done', id });
    return;
  }
  if (command === 'runStarted' || command === 'runEnded') {
    if (command === 'runStarted') {
      await lifetime.restoration?.check().catch(() => {}); // workers report that they cannot connect
      transcript?.nextRun();
      await run?.hub.run(true).catch(notRenewed);
    } else run?.hub.sharedWorkers.ran();
    const watched = command === 'runEnded' ? run?.watched : undefined;
    report({ report: 'done', id, ...(watched !== undefined && { watched }) });
    return;
  }
  const stays = command === 'stop' && run !== undefined && (await staysInUse(run, () => lifetime.stop()));
  const before = run?.summary();
  if (command === 'stop' && !stays) await lifetime.stop();
  // Messages may find no room in the transcript while sessions end.
  const summary = before && { ...before, transcript: transcript?.lacks };
  report({ report: 'done', id, ...(stays && { stays }), ...(summary !== undefined && { summary }) });
}

/** The run goes on: its tests are told what of it concerns them. */
function notRenewed(thrown: unknown): void {
  process.stderr.write(`carpool: Not all that the last run has left is renewed for this one: ${messageOf(thrown)}\n`);
}

function report(line: Report): void {
  control.write(`${JSON.stringify(line)}\n`);
}
