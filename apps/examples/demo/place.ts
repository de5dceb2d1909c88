/**
 * Where the runs of a demo have their temporary files, and how all that they have started ends: with the demo, however that
 * ends, except by SIGKILL.
 */
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';

/** In the environment of everything that this demo starts. */
const mark = `CARPOOL_DEMO=${randomUUID()}`;
/** Bytes. Less is too small for the clusters of two servers. */
const roomInMemory = 512 * 1024 * 1024;

/** Milliseconds for a runner that is interrupted, and for what it has left. */
const timeout = { runner: 5_000, others: 10_000 };

const running = new Set<ChildProcess>();
let runs = 0;

/** The environment of a run, and the mark by which its processes are known. */
export function runEnvironment(place: string): { readonly mark: string; readonly env: Record<string, string> } {
  const own = `${mark}.${++runs}`;
  return { mark: own, env: { CARPOOL_DEMO: own.slice('CARPOOL_DEMO='.length), TMPDIR: place } };
}

/** It is ended with the demo. */
export function endsWithDemo(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
}

/**
 * Makes the folder of the temporary files: in memory, as `@carpool/postgres` does, so that both forms have their servers in
 * the same kind of place. It is removed when this process exits.
 */
export function makePlace(): string {
  const place = mkdtempSync(join(parent(), 'carpool-demo-'));
  // A server that does not run as root passes through it.
  chmodSync(place, 0o755);
  process.once('exit', () => rmSync(place, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void interrupted(signal));
  return place;
}

function parent(): string {
  if (process.platform === 'linux') {
    try {
      const { bavail, bsize } = statfsSync('/dev/shm');
      if (bavail * bsize >= roomInMemory) return '/dev/shm';
    } catch {
      // There is none.
    }
  }
  return process.getuid?.() === 0 && !isOpen(tmpdir()) ? '/tmp' : tmpdir();
}

/** Whether every user may enter the folder. */
function isOpen(path: string): boolean {
  const open = (statSync(path).mode & 0o001) !== 0;
  return open && (path === dirname(path) || isOpen(dirname(path)));
}

let isEnding = false;

/** What fails then fails because its processes are ended; the demo ends when nothing is left. */
export function isInterrupted(): boolean {
  return isEnding;
}

async function interrupted(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  for (const child of running) child.kill(signal);
  await until(() => running.size === 0, timeout.runner);
  // Carpool's host ends what it has started; a server that a test file has started ends by this.
  for (const pid of markedProcesses()) end(pid, 'SIGTERM');
  await until(() => markedProcesses().length === 0, timeout.others);
  for (const pid of markedProcesses()) end(pid, 'SIGKILL');
  await until(() => markedProcesses().length === 0, timeout.others);
  process.exit({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal]);
}

async function until(isSo: () => boolean, milliseconds: number): Promise<void> {
  const began = performance.now();
  while (!isSo() && performance.now() - began < milliseconds) await setTimeout(50);
}

/** Linux only: elsewhere none is known. */
function markedProcesses(): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
      } catch {
        // It has ended, or belongs to another user.
        return false;
      }
    });
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
