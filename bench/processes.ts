/** What other processes have used: from /proc on Linux, from `ps` elsewhere. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const hasProc = existsSync('/proc/self/task');

/**
 * Microseconds of processor time of all threads of a running process. On Linux to the nanosecond; `ps` knows hundredths of
 * a second.
 */
export function cpuMicros(pid: number): number {
  if (hasProc) {
    const threads = readdirSync(`/proc/${pid}/task`);
    const nanoseconds = threads.map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    );
    return nanoseconds.reduce((sum, part) => sum + part) / 1_000;
  }
  const [seconds = 0, minutes = 0, hours = 0] = ps(pid, 'time').split(':').toReversed().map(Number);
  return (seconds + minutes * 60 + hours * 3_600) * 1e6;
}

/** The same of a process and of all its descendants at this moment. */
export function treeCpuMicros(root: number): number {
  return [...treeOf(root)].reduce((sum, { pid }) => sum + cpuMicros(pid), 0);
}

/** Resident memory (RSS) in MiB: it includes Node's own code, which the processes of a machine have in common. */
export function residentMebibytes(pid: number): number {
  const kibibytes = hasProc ? /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] : ps(pid, 'rss');
  return Number(kibibytes) / 1024;
}

/**
 * Memory in MiB of a process and of all its descendants at this moment. On Linux the sum of their proportional set sizes
 * (PSS): pages that several processes have in common, such as Node's own code, count once. Elsewhere the sum of their
 * resident set sizes, in which such pages count for each process.
 */
export function treeMebibytes(root: number): number {
  const memory = hasProc ? proportionalKibibytes : (_pid: number, resident: number) => resident;
  let sum = 0;
  for (const { pid, resident } of treeOf(root)) sum += memory(pid, resident);
  return sum / 1024;
}

/** A process and all its descendants. */
function* treeOf(root: number): Generator<Listed> {
  const all = hasProc ? processesOfProc() : processesOfPs();
  let members = all.filter(({ pid }) => pid === root);
  while (members.length > 0) {
    yield* members;
    const parents = new Set(members.map(({ pid }) => pid));
    members = all.filter(({ parent }) => parents.has(parent));
  }
}

interface Listed {
  readonly pid: number;
  readonly parent: number;
  /** KiB. */
  readonly resident: number;
}

function processesOfProc(): Listed[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .flatMap((pid) => {
      const stat = unlessEnded(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
      return stat === undefined ? [] : [{ pid, parent: Number(stat.split(') ')[1]?.split(' ')[1]), resident: 0 }];
    });
}

function processesOfPs(): Listed[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid = 0, parent = 0, resident = 0] = line.trim().split(/\s+/).map(Number);
    return { pid, parent, resident };
  });
}

function proportionalKibibytes(pid: number): number {
  const rollup = unlessEnded(() => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(/^Pss:\s+(\d+)/m.exec(rollup ?? '')?.[1] ?? 0);
}

/** A process may end between being listed and being read. */
function unlessEnded(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

function ps(pid: number, field: string): string {
  return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
}
