/**
 * Watches the processes of one run on Linux: everything that carries the mark of the run in its environment, and
 * everything such a process has started. Some processes get a cleaned environment and the host is in a process group of its own, so
 * neither the mark nor the group alone finds them all.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

export interface Watched {
  /** Of what the suite shares: servers, renderers. */
  readonly atOnce: number;
  /** Seconds of all processes. */
  readonly cpu: number;
  /** Bytes at the peak of each; shared pages count once (PSS). */
  readonly memory: number;
}

interface Seen {
  /** It is one of what the suite shares. */
  isShared: boolean;
  readonly parent: number;
  ticks: number;
  samples: number;
}

const interval = 50;
/** Reading how much memory a process shares is slow, so it is done at every fourth sample. */
const memoryEvery = 4;
/** A process that has just been forked still has the command line of its parent. */
const settledAfter = 4;
/** `USER_HZ`, the same on every Linux. */
const ticksPerSecond = 100;

export class ProcessWatch {
  readonly #mark: string;
  readonly #process: RegExp;
  readonly #seen = new Map<number, Seen>();
  #foreign = new Set<number>();
  #watching = true;
  #loop: Promise<void>;
  #rounds = 0;
  #atOnce = 0;
  #memory = 0;
  readonly #before = ticksOfChildren();

  /** @param shared the command line of what is counted as shared; its arguments end with NUL */
  constructor(mark: string, shared: RegExp) {
    this.#mark = mark;
    this.#process = shared;
    this.#loop = this.#watch();
  }

  /** Call it after the run, when all processes have been waited for. */
  async end(): Promise<Watched> {
    this.#watching = false;
    await this.#loop;
    const all = [...this.#seen.values()];
    const sampled = all.reduce((sum, { ticks }) => sum + ticks, 0);
    // Both miss something: a sample misses the end of a process, the sum misses processes without a waiting parent.
    const ticks = Math.max(sampled, ticksOfChildren() - this.#before);
    return {
      atOnce: this.#atOnce,
      cpu: ticks / ticksPerSecond,
      memory: this.#memory,
    };
  }

  async #watch(): Promise<void> {
    while (this.#watching) {
      this.#sample();
      await setTimeout(interval);
    }
  }

  #sample(): void {
    const pids = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
    const present = new Set(pids);
    this.#foreign = new Set([...this.#foreign].filter((pid) => present.has(pid)));
    const withMemory = this.#rounds++ % memoryEvery === 0;
    let [shared, memory] = [0, 0];
    for (const pid of pids) {
      const seen = this.#look(pid);
      if (seen === undefined) continue;
      // A process that a server has just forked still has the command line of the server.
      if (seen.isShared && this.#seen.get(seen.parent)?.isShared !== true) shared++;
      if (withMemory) memory += memoryOf(pid);
    }
    this.#atOnce = Math.max(this.#atOnce, shared);
    this.#memory = Math.max(this.#memory, memory);
  }

  #look(pid: number): Seen | undefined {
    if (this.#foreign.has(pid) || pid === process.pid) return undefined;
    const stat = statOf(pid);
    if (stat === undefined) return undefined;
    const known = this.#seen.get(pid);
    if (known === undefined && !this.#seen.has(stat.parent) && !read(pid, 'environ').includes(this.#mark)) {
      this.#foreign.add(pid);
      return undefined;
    }
    const seen = known ?? { isShared: false, parent: stat.parent, ticks: 0, samples: 0 };
    this.#seen.set(pid, seen);
    seen.ticks = Math.max(seen.ticks, stat.ticks);
    if (seen.samples++ < settledAfter) seen.isShared = this.#process.test(read(pid, 'cmdline'));
    return seen;
  }
}

/** Empty if the process is gone, or belongs to another user. */
function read(pid: number | 'self', file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function fieldsOf(pid: number | 'self'): readonly string[] {
  const stat = read(pid, 'stat');
  // The name, in brackets, may hold anything; what follows it begins with the third field.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function statOf(pid: number): { readonly parent: number; readonly ticks: number } | undefined {
  const fields = fieldsOf(pid);
  if (fields.length < 13) return undefined;
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

/** CPU time of all children that this process has waited for, including those that they have waited for. */
function ticksOfChildren(): number {
  const fields = fieldsOf('self');
  return Number(fields[13]) + Number(fields[14]);
}

function memoryOf(pid: number): number {
  const [, kibibytes] = /^Pss:\s+(\d+) kB$/m.exec(read(pid, 'smaps_rollup')) ?? [];
  return Number(kibibytes ?? 0) * 1024;
}
