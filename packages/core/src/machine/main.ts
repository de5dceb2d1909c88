/**
 * The host of a machine: one for each user, which serves many runs. It is found by its record, so what started it may end.
 *
 *   first line ─▶ listening, recorded ("ready") ─▶ runs come and go ─▶ idle, `stop`, a signal ─▶ not found any more ─▶ exit
 *                                                      └─ a signal, with sessions of other hosts ─▶ leaving ─┘
 */
import { Socket } from 'node:net';
import { systemClock } from '../base/clock.ts';
import { asCarpoolError, toRecord } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { defaultLimits } from '../codec/codec.ts';
import { newlineDelimited } from '../codec/delimited.ts';
import { makeHostDirectory } from '../hosts/host-directory.ts';
import {
  livingMachineHost,
  machineFolder,
  machineLog,
  publishMachineHost,
  withdrawMachineHost,
} from '../hosts/machine-folder.ts';
import { sweepMachineFolders } from '../hosts/machine-leftovers.ts';
import { hostMarker } from '../process/environment.ts';
import { PidFiles } from '../process/pid-files.ts';
import { Passing } from '../pool/passing.ts';
import { controlDescriptor, type MachineBoot, type Report } from '../wire/control.ts';
import { onRefused } from '../wire/refused-connections.ts';
import { Hub } from '../host/hub/hub.ts';
import { Lifetime } from '../host/lifetime.ts';
import { loadAndCleanUp } from '../host/load-clean-up.ts';
import { Restoration } from '../host/restoration.ts';
import { serverPorts } from '../host/server-ports.ts';
import { endingText } from './host-use.ts';
import { IdleEnd } from './idle-end.ts';
import { endedOnPurpose } from '../hosts/ended-on-purpose.ts';
import { leaveEndingOfHost } from '../hosts/left-ending.ts';
import { Leaving } from './leaving.ts';
import { boundLog, printLine } from './log.ts';
import { RefusalLog } from './refusal-log.ts';
import { RunLives } from './run-lives.ts';
import { MachineRuns } from './runs.ts';
import type { RemoteListener } from './remote/listener.ts';

/** Milliseconds. Long enough for the next run of an agent or a developer to find it warm. */
const defaultIdle = 60_000;
/** Milliseconds. With the end itself below the 90 s that systemd gives. */
const defaultLeave = 60_000;

/** Takes the first line of the process that starts it, reports, and goes on without that process. */
export function runMachineHost(): void {
  const control = new Socket({ fd: controlDescriptor });
  const report = (line: Report): void => void control.write(`${JSON.stringify(line)}\n`);
  control.on('error', () => {}); // the starter may be gone
  const lines = newlineDelimited.unframer(defaultLimits);
  control.on('data', (chunk: Uint8Array) =>
    lines.push(chunk, (line) => {
      serve(JSON.parse(new TextDecoder().decode(line)) as MachineBoot, report).catch((thrown: unknown) => {
        const error = asCarpoolError(thrown, 'HUB_UNREACHABLE', 'The host of this machine cannot serve');
        report({ report: 'failed', error: toRecord(error) });
        process.exitCode = 1;
        control.end(() => process.exit());
      });
    }),
  );
}

async function serve(
  { machine = '', idle = defaultIdle, listen, ...bounds }: MachineBoot,
  report: (line: Report) => void,
): Promise<void> {
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  const token = randomBytes(32).toString('hex');
  const directory = makeHostDirectory(undefined, token);
  const { folder, socket, record } = directory;
  const lifetime = new Lifetime({
    signalled: (signal) => leaving.signalled(signal),
    close: async () => {
      leaving.cancel();
      // First of all: who looks for a host from now on finds none, and starts another.
      withdrawMachineHost(machine, record.id);
      idleEnd.cancel();
      listener?.close();
      const [, ended] = await Promise.all([hub.close(), runs.close()]);
      return ended;
    },
  });
  lifetime.directory = directory;
  process.env[hostMarker] = directory.id;
  const started = new PidFiles(directory.children);
  const passing = new Passing();
  const runs = new MachineRuns({
    bounds: { ...bounds, idle },
    directory,
    started,
    passing,
    reservations: () => hub.coordination.reservations,
    ports: {
      reserve: (port) => serverPorts(hub).reserve(port),
      release: (port) => serverPorts(hub).release(port),
    },
    changed: () => idleEnd.look(),
    stop: (by) => {
      if (lifetime.stopping) return;
      const error = endedOnPurpose('machine', 'here', by);
      hub.tellEnd(error, endedOnPurpose('machine', 'remote', by));
      leaveEndingOfHost(machineLog(machine), folder, error);
      const { runs: open, sessions } = runs.use;
      const leases = hub.leaseStatus(0).length;
      printLine(endingText({ runs: open, sessions, leases, left: leaving.hasBegun, by }));
      void lifetime.stop();
    },
    listener: () => listener,
    leaving: () => leaving.status,
  });
  let listener: RemoteListener | undefined;
  const lives = new RunLives();
  const hub: Hub = new Hub({
    token,
    pools: Promise.resolve(new Map()),
    folder,
    cleanUp: loadAndCleanUp,
    runs,
    passing,
    runSeen: (run) => lives.seen(run),
    runLives: (id) => runs.get(id) !== undefined || lives.lives(id),
    timelineOf: (run) => runs.get(run)?.timeline,
    runInfo: async () => ({ machine: record.address }),
    peersChanged: () => idleEnd.look(),
  });
  const idleEnd = new IdleEnd({
    idle,
    inUse: () => hub.peers > 0 || runs.size > 0 || runs.isLeftInUse,
    end: () => {
      process.stdout.write(`carpool: no run for ${Math.round((idle ?? 0) / 1_000)} s; the host of this machine ends\n`);
      void lifetime.stop();
    },
  });
  const leaving: Leaving = new Leaving({
    limit: listen?.leave === undefined ? defaultLeave : listen.leave,
    open: () => runs.use.elsewhere,
    begun: () => {
      // Runs of this machine that begin now start another one.
      withdrawMachineHost(machine, record.id);
      runs.leave();
    },
    end: (signal) => void runs.stop(undefined, signal),
    print: printLine,
  });
  const refusals = new RefusalLog(systemClock, printLine);
  onRefused((connection) => refusals.add(connection));
  await hub.listen(socket);
  if (listen !== undefined) {
    const { RemoteListener: Listener } = await import('./remote/listener.ts');
    listener = new Listener({ listening: listen, hub });
    await listener.listen();
  }
  process.getBuiltinModule('node:v8').setFlagsFromString('--optimize-for-size');
  lifetime.restoration = new Restoration({
    directory: {
      ...directory,
      // Where another host has been started since, that one is found, and this one ends with its last run.
      complete: () => directory.complete() && (leaving.hasBegun || livingMachineHost(machine) !== undefined),
      restore() {
        directory.restore();
        if (!leaving.hasBegun && livingMachineHost(machineFolder()) === undefined) publishMachineHost(machine, record);
      },
    },
    sockets: () => [{ hub, path: socket }, ...runs.sockets()],
    children: started,
  });
  boundLog(machineLog(machine));
  publishMachineHost(machine, record);
  report({ report: 'ready', address: record.address ?? '' });
  idleEnd.look();
  if (listen !== undefined) {
    // What is offered to other hosts opens runs as any address does, and is taken back by its name.
    const invite = (revoked: () => void): readonly string[] =>
      listener?.invite({ name: 'reach' }, revoked).addresses ?? [];
    // What it serves on this machine needs no offer.
    runs
      .offer(listen, invite)
      .catch((thrown: unknown) => printLine(`offers no pools to other hosts: ${messageOf(thrown)}`));
  }
  await lifetime.sweepOnce();
  sweepMachineFolders();
}
