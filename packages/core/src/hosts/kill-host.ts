/** Ends a host that does not end by itself, from the process that has started it, and what such a host leaves. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { messageOf } from '../base/thrown.ts';
import { within } from '../base/wait.ts';

/** Milliseconds. */
const sweepTimeout = 10_000;
/** Milliseconds in which a killed process is gone, unless the system is stuck. */
export const killTimeout = 2_000;

/** How the program of a run's host is started, which can also sweep. */
export interface HostProgram {
  readonly main: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Ends a host at once, with what it has started in its process group. */
export function killHost(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
  } catch {
    // No such group: it is gone, or has not become a leader yet.
  }
  child.kill('SIGKILL');
}

/** Ends a host that does not become ready, and what it may have made by then. */
export async function endUnready(child: ChildProcess, program: HostProgram): Promise<void> {
  if (child.pid === undefined) return;
  const { exitCode, signalCode } = child;
  const ended: Promise<unknown> = exitCode === null && signalCode === null ? once(child, 'exit') : Promise.resolve();
  killHost(child);
  const expired = (): Error => new Error('not ended');
  await within(ended, { clock: systemClock, timeout: killTimeout, expired }).catch(noop);
  await sweepHosts(program);
}

/** Ends the children that hosts which were killed have recorded. Resolves when that is done, or has taken 10 s. */
export async function sweepHosts({ main, env }: HostProgram): Promise<void> {
  // Test processes load this file, and should not load that one before it is needed.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const sweeper = spawn(process.execPath, [main, '--sweep'], {
    stdio: 'ignore',
    env: { ...env, NODE_OPTIONS: '' },
    windowsHide: true,
  });
  const expired = (): Error => new Error(`not done within ${Math.round(sweepTimeout)} ms`);
  // A code, or the signal that ended it.
  const ended = once(sweeper, 'exit').then(([code, signal]: unknown[]) => code ?? signal);
  const how = await within(ended, { clock: systemClock, timeout: sweepTimeout, expired }).catch(messageOf);
  if (how !== 0)
    process.stderr.write(
      `carpool: what a killed host has left waits for the next host: the sweep ended with ${String(how)}\n`,
    );
}
