/**
 * Which process a number means. The system reuses the number of a dead process, so a pid alone is never enough to send a
 * signal: a process is its pid and its start time. Windows shows no start time without a helper program; there no process
 * is ever taken to be the same.
 */
// Not execa: a host loads this before it listens, and has no child yet.
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { listOrEmpty } from './files.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for the same process only. Absent where the system shows none. */
  readonly startTime: string | undefined;
}

export interface ProcessFacts extends ProcessIdentity {
  readonly group: number;
  readonly startTime: string;
  /** Ended, but not yet collected by its parent. To a signal it still exists. */
  readonly zombie: boolean;
  /** By SIGSTOP or a debugger: it does nothing until it is continued. */
  readonly stopped: boolean;
}

const platform = process.platform;

/** What the system shows of a process; undefined if it shows nothing. */
export function factsOf(pid: number): ProcessFacts | undefined {
  if (platform === 'linux') return readProc(pid, bootId());
  if (platform === 'win32') return undefined;
  return ps(['-p', String(pid)])[0];
}

export function startTimeOf(pid: number): string | undefined {
  return factsOf(pid)?.startTime;
}

/** True if the process is running now. False where the system does not show it. */
export function isRunning({ pid, startTime }: ProcessIdentity): boolean {
  const facts = factsOf(pid);
  return facts !== undefined && !facts.zombie && facts.startTime === startTime;
}

/** True if the process is there, and was stopped. False where the system does not show it. */
export function isStopped({ pid, startTime }: ProcessIdentity): boolean {
  const facts = factsOf(pid);
  return facts !== undefined && facts.stopped && facts.startTime === startTime;
}

/** False if it is proven that the process is gone. Where the system shows no start times, another one may have its number. */
export function mayBeRunning({ pid, startTime }: ProcessIdentity): boolean {
  return startTimeOf(pid) === undefined ? exists(pid) : isRunning({ pid, startTime });
}

/** Some process has this number now: also a zombie, and one of another user. @param pid above 0 */
export function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The running processes of a group, zombies left out. */
export function groupMembers(group: number): ProcessFacts[] {
  if (platform === 'win32' || !groupExists(group)) return [];
  const all = platform === 'linux' ? readAllProc() : ps(['-A']);
  return all.filter((facts) => facts.group === group && !facts.zombie);
}

/** Asks with signal 0, which costs one system call; zombies count as members here. */
function groupExists(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** True if `a` was started no earlier than `b`; false if the two cannot be compared. */
export function startedNoEarlier(a: string, b: string): boolean {
  const [tickA, bootA] = a.split('@');
  const [tickB, bootB] = b.split('@');
  return bootA === bootB && Number(tickA) >= Number(tickB);
}

/** Exported for its test: a program may have any name, with spaces, newlines and parentheses. */
export function parseStat(line: string): { state: string; group: number; ticks: string } | undefined {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // The third field of proc_pid_stat(5) comes first here; the group is the fifth, the start time the twenty-second.
  const [state, group, ticks] = [fields[0], Number(fields[2]), fields[19]];
  return state === undefined || ticks === undefined || !Number.isInteger(group) ? undefined : { state, group, ticks };
}

function readProc(pid: number, boot: string): ProcessFacts | undefined {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    if (stat === undefined) return undefined;
    // Ticks count from the boot, so without the boot's own id two boots could be confused.
    const startTime = `${stat.ticks}@${boot}`;
    const { state, group } = stat;
    return { pid, group, startTime, zombie: /^[ZX]/.test(state), stopped: /^T/i.test(state) };
  } catch {
    return undefined;
  }
}

function readAllProc(): ProcessFacts[] {
  const boot = bootId();
  const pids = listOrEmpty('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => readProc(Number(pid), boot) ?? []);
}

/** Where a pid means one process: two containers may have one temporary folder, and count their processes each alone. */
export interface PidSpace {
  /** Of the system since its start. Empty where that is not known. */
  readonly boot: string;
  /** Among the systems of one boot. */
  readonly namespace: string;
}

/** Of this process. */
export function pidSpace(): PidSpace {
  if (platform !== 'linux') return { boot: '', namespace: `${platform} ${hostname()}` };
  try {
    return { boot: bootId(), namespace: readlinkSync('/proc/self/ns/pid') };
  } catch {
    return { boot: bootId(), namespace: '' };
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

function ps(which: readonly string[]): ProcessFacts[] {
  const { stdout } = spawnSync('ps', [...which, '-o', 'pid=,pgid=,state=,lstart='], {
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC0' },
    encoding: 'utf8',
    timeout: 5000,
  });
  // Null where there is no `ps`.
  return ((stdout as string | null) ?? '').split('\n').flatMap((line) => parsePsLine(line) ?? []);
}

/** Exported for its test: `  501   501 Ss   Fri Nov 21 09:30:00 2025`. */
export function parsePsLine(line: string): ProcessFacts | undefined {
  const [, pid, group, state, start] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S.*\d)\s*$/.exec(line) ?? [];
  const seconds = Date.parse(`${start} UTC`) / 1000;
  if (state === undefined || Number.isNaN(seconds)) return undefined;
  const [zombie, stopped] = [state.startsWith('Z'), state.startsWith('T')];
  return { pid: Number(pid), group: Number(group), startTime: `${seconds}@`, zombie, stopped };
}
