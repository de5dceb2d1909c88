/** Finds the machine's host, or starts it. Several processes may do so at once: one of them starts it, the others wait. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../base/clock.ts';
import { CarpoolError, fromRecord } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { within } from '../base/wait.ts';
import { hostMarker, marker } from '../process/environment.ts';
import { ownFile } from '../process/own-file.ts';
import { addressVariable } from '../wire/address.ts';
import { controlDescriptor, parseReport, type MachineBoot } from '../wire/control.ts';
import { readHostRecord } from './host-record.ts';
import { endUnready } from './kill-host.ts';
import { boundsIn } from './machine-bounds.ts';
import { livingMachineHost, machineFolder, machineLog, type MachineHost } from './machine-folder.ts';
import { withoutInspector } from './node-options.ts';
import { forgetStartTurns, takeStartTurn } from './start-turn.ts';

export interface MachineHostOptions {
  /** Ids of hosts that took no connection: they are about to end. */
  readonly not?: ReadonlySet<string> | undefined;
  /** Milliseconds until there must be one. Default 15,000. */
  readonly timeout?: number | undefined;
  /** For the host, if it is started here. */
  readonly boot?: MachineBoot | undefined;
  /** It runs in the foreground of this process: the same terminal, and a Ctrl-C ends it. Default: on its own. */
  readonly foreground?: boolean | undefined;
  /** Takes the process as soon as there is one. */
  readonly spawned?: ((host: StartedHost) => void) | undefined;
}

/** The machine's host, and its process if it was started here. */
export interface FoundMachineHost extends MachineHost {
  readonly started?: StartedHost | undefined;
  /** The process of the one before it, where that was killed or has crashed: in order it would have taken its record back. */
  readonly killed?: number | undefined;
}

/** For those who start one, where the one before it was killed. */
export function killedText({ killed }: FoundMachineHost): string | undefined {
  if (killed === undefined) return undefined;
  return `the host of this machine that ran before, process ${killed}, was killed or has crashed; the one that is started now ends what that has left`;
}

/** Only what is used of a `ChildProcess`: test processes load this file, and should not load that one before it is needed. */
export interface StartedHost {
  readonly exitCode: number | null;
  once(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown;
  kill(signal: 'SIGHUP' | 'SIGTERM' | 'SIGKILL'): boolean;
}

/** Milliseconds for a host to be ready, also where another process starts it. */
const readyTimeout = 15_000;
/** Milliseconds between two looks at what another process does. */
const interval = 20;
/** Characters of the log that an error shows. */
const shownLog = 2_000;

/** @throws CarpoolError HUB_UNREACHABLE; CONFIG_INVALID if the environment has bounds that are none */
export async function machineHost(options: MachineHostOptions = {}): Promise<FoundMachineHost> {
  const folder = machineFolder();
  const usable = (): MachineHost | undefined => {
    const found = livingMachineHost(folder);
    return found !== undefined && options.not?.has(found.id) !== true ? found : undefined;
  };
  const deadline = systemClock.now() + (options.timeout ?? readyTimeout);
  for (;;) {
    const found = usable();
    if (found !== undefined) return found;
    const leaving = livingMachineHost(folder);
    const turn = leaving ?? takeStartTurn(folder, readHostRecord(folder)?.id ?? 'none');
    if ('ours' in turn && turn.ours) {
      try {
        // Another process may have had its turn since the look above.
        const killed = readHostRecord(folder)?.pid;
        return usable() ?? { ...(await start(folder, options)), killed };
      } finally {
        turn.end();
      }
    }
    if (systemClock.now() > deadline) throw late(folder, turn);
    await new Promise<void>((resolve) => systemClock.after(interval, resolve));
  }
}

async function start(folder: string, options: MachineHostOptions): Promise<FoundMachineHost> {
  const { boot = {}, foreground = false, spawned } = options;
  const bounds = boundsIn(process.env);
  const { maxChildren = bounds.maxChildren, maxMemory = bounds.maxMemory } = boot;
  const { spawn } = process.getBuiltinModule('node:child_process');
  // What carries the mark of a host is ended with that host.
  const { [hostMarker]: _, [marker]: __, [addressVariable]: ___, ...env } = process.env;
  const log = machineLog(folder);
  const output = foreground ? 'inherit' : openSync(log, 'a', 0o600);
  const child = spawn(process.execPath, ['--min-semi-space-size=8', fileURLToPath(ownFile('machine-main.js'))], {
    // A session of its own: it serves runs of other terminals.
    detached: !foreground,
    // One that no cleaner removes.
    cwd: parse(folder).root,
    stdio: [foreground ? 'inherit' : 'ignore', output, output, 'pipe'],
    env: { ...env, NODE_OPTIONS: withoutInspector(process.env['NODE_OPTIONS']) },
    windowsHide: true,
  });
  spawned?.(child);
  if (typeof output === 'number') closeSync(output);
  const control = child.stdio[controlDescriptor] as Socket;
  const ready = new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => reject(notStarted(why, foreground ? undefined : log));
    let text = '';
    control.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const report = text.includes('\n') ? parseReport(text.slice(0, text.indexOf('\n'))) : undefined;
      if (report?.report === 'ready') resolve();
      if (report?.report === 'failed') reject(fromRecord(report.error));
    });
    control.on('error', () => {}); // the exit says why
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? `code ${code}`} before it was ready`));
  });
  control.write(`${JSON.stringify({ ...boot, maxChildren, maxMemory, machine: folder } satisfies MachineBoot)}\n`);
  const expired = (): Error => notStarted(`it was not ready within ${Math.round(readyTimeout)} ms`, log);
  try {
    await within(ready, { clock: systemClock, timeout: readyTimeout, expired });
  } catch (thrown) {
    const main = fileURLToPath(ownFile('host-main.js'));
    await endUnready(child, { main, env });
    throw thrown;
  } finally {
    control.destroy();
  }
  const found = livingMachineHost(folder);
  if (found === undefined) throw notStarted('it has ended again', log);
  forgetStartTurns(folder, found.id);
  if (!foreground) child.unref();
  return { ...found, started: child };
}

function notStarted(why: string, log: string | undefined): CarpoolError {
  const message = `Cannot start the host of this machine: ${why}${log === undefined ? '' : `; its log is ${log}`}`;
  return new CarpoolError('HUB_UNREACHABLE', message, { context: { log }, evidence: { stderr: endOf(log) } });
}

function endOf(log: string | undefined): string | undefined {
  try {
    return log === undefined ? undefined : readFileSync(log, 'utf8').slice(-shownLog);
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** @param by the host that does not end, or the process that starts none */
function late(folder: string, by: { readonly pid?: number | undefined; readonly file?: string }): CarpoolError {
  const { pid, file } = by;
  const what =
    file === undefined
      ? `process ${pid} takes no connections, and does not end; end it, then run again`
      : `process ${pid ?? 'unknown'}, which holds ${file}, has not started it; end that process, or remove the file`;
  const message = `Cannot use the host of this machine: ${what}`;
  return new CarpoolError('HUB_UNREACHABLE', message, { context: { folder, pid, file } });
}
