/** Processor time and memory of processes that are running, as the system shows them: Linux in /proc, others with `ps`. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { listOrEmpty } from './files.ts';
import { groupMembers } from './identity.ts';

/** In bytes. */
export interface Memory {
  /** Pages that several processes share count once; where the system does not show that, once for each process. */
  readonly total: number;
  /** The part of it that is read from files. A second process of the same program shares it. */
  readonly files: number;
}

/** A field is undefined where the system does not show it. */
export interface Usage {
  /** Milliseconds of user and system time, of the processes that run and of those that they have waited for. */
  readonly cpu: number | undefined;
  readonly memory: Memory | undefined;
}

/** `USER_HZ` is 100 on every Linux. */
const millisecondsPerTick = 10;

/** The whole process group. */
export function usageOfGroup(group: number): Usage {
  if (process.platform === 'win32') return { cpu: undefined, memory: undefined };
  return process.platform === 'linux' ? total(groupMembers(group).map(({ pid }) => fromProc(pid))) : fromPs(group);
}

/** Milliseconds of all children that this process has waited for; undefined where the system does not show it. */
export function cpuOfEndedChildren(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return statTimes('self')?.children;
}

export function total(usages: readonly Usage[]): Usage {
  if (usages.length === 0) return { cpu: undefined, memory: undefined };
  return usages.reduce((sum, { cpu, memory }) => ({
    cpu: sum.cpu === undefined || cpu === undefined ? undefined : sum.cpu + cpu,
    memory:
      sum.memory === undefined || memory === undefined
        ? undefined
        : { total: sum.memory.total + memory.total, files: sum.memory.files + memory.files },
  }));
}

function fromProc(pid: number): Usage {
  const times = statTimes(pid);
  // The times in `stat` are cut to 10 ms. Those of the threads are exact, but leave out threads that have ended.
  const cpu = times === undefined ? undefined : Math.max(times.own, cpuOfThreads(pid)) + times.children;
  return { cpu, memory: parseRollup(read(pid, 'smaps_rollup')) ?? parseStatus(read(pid, 'status')) };
}

function cpuOfThreads(pid: number): number {
  const nanoseconds = listOrEmpty(`/proc/${pid}/task`).map((thread) =>
    Number.parseInt(read(pid, `task/${thread}/schedstat`) || '0', 10),
  );
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

function statTimes(pid: number | 'self'): { readonly own: number; readonly children: number } | undefined {
  const stat = read(pid, 'stat');
  // The name, in brackets, may hold anything; what follows it begins with the third field of proc_pid_stat(5).
  const ticks = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
  const [user, system, childrenUser, childrenSystem] = ticks;
  if (user === undefined || system === undefined || childrenUser === undefined || childrenSystem === undefined)
    return undefined;
  return {
    own: (user + system) * millisecondsPerTick,
    children: (childrenUser + childrenSystem) * millisecondsPerTick,
  };
}

/** Empty if the process is gone, or belongs to another user. */
function read(pid: number | 'self', file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/** Exported for its test: /proc/pid/smaps_rollup. */
export function parseRollup(text: string): Memory | undefined {
  const all = kibibytes(text, 'Pss');
  return all === undefined ? undefined : { total: all, files: kibibytes(text, 'Pss_File') ?? 0 };
}

function parseStatus(text: string): Memory | undefined {
  const all = kibibytes(text, 'VmRSS');
  return all === undefined ? undefined : { total: all, files: kibibytes(text, 'RssFile') ?? 0 };
}

function kibibytes(text: string, name: string): number | undefined {
  const [, value] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text) ?? [];
  return value === undefined ? undefined : Number(value) * 1024;
}

function fromPs(group: number): Usage {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pgid=,rss=,time='], { encoding: 'utf8', timeout: 5000 });
  // Null where there is no `ps`.
  const lines = ((stdout as string | null) ?? '').split('\n');
  return total(lines.flatMap((line) => parsePsLine(line, group) ?? []));
}

/** Exported for its test: `  501  20480   0:00.12`; hours and days come before the minutes. */
export function parsePsLine(line: string, group: number): Usage | undefined {
  const [, member, rss, days = '0', time = ''] =
    /^\s*(\d+)\s+(\d+)\s+(?:(\d+)-)?((?:\d+:)*\d+(?:\.\d+)?)\s*$/.exec(line) ?? [];
  if (Number(member) !== group) return undefined;
  const seconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
  return { cpu: seconds * 1000, memory: { total: Number(rss) * 1024, files: 0 } };
}
