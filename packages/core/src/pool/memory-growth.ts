/**
 * Children of a pool whose memory grew by far more than that of their neighbours, which have had the like sessions. It is
 * looked at when a session ends, and seldom: what is read says no more than that, so it fails no test.
 */
import type { Clock } from '../base/clock.ts';

/** Milliseconds between two looks at one child. */
const between = 500;
/** Bytes of growth that are worth a line, and how many times that of its neighbours. */
const notable = 64 * 1024 * 1024;
const times = 4;
/** Sessions of a child, after the first, without which it is compared with none. */
const fewest = 2;
/** Children that are remembered, also those that have ended. */
const mostChildren = 100;
/** Sessions that are named as those that ran while most of it was taken. */
const mostNamed = 3;

interface ChildMemory {
  /** Bytes, when its first session had ended: what it takes to start is none of the growth. */
  baseline: number;
  last: number;
  lookedAt: number;
  /** That have ended on it. */
  sessions: number;
  /** Of those that have ended since the last look, the last few. */
  recent: string[];
  /** Between two looks. */
  largest: { readonly bytes: number; readonly names: readonly string[] };
}

export interface MemoryGrowthOptions {
  readonly clock: Clock;
  /** Resident bytes of a process; 0: it is not known. */
  readonly bytesOf: (pid: number) => number;
}

export class MemoryGrowth {
  readonly #options: MemoryGrowthOptions;
  readonly #children = new Map<number, ChildMemory>();

  constructor(options: MemoryGrowthOptions) {
    this.#options = options;
  }

  /** A session has ended on a child. @param name of its test */
  ended(pid: number, name: string): void {
    const now = this.#options.clock.now();
    const known = this.#children.get(pid);
    if (known === undefined) {
      this.#begin(pid, now);
      return;
    }
    known.sessions++;
    if (known.recent.push(name) > mostNamed) known.recent.shift();
    if (now - known.lookedAt < between) return;
    const bytes = this.#options.bytesOf(pid);
    if (bytes === 0) return;
    const grown = bytes - known.last;
    if (grown > known.largest.bytes) known.largest = { bytes: grown, names: known.recent };
    known.recent = [];
    known.last = bytes;
    known.lookedAt = now;
  }

  /** Growth counts from now on. */
  countAnew(): void {
    for (const child of this.#children.values())
      Object.assign(child, { baseline: child.last, sessions: 0, recent: [], largest: { bytes: 0, names: [] } });
  }

  /** A line for each that stands out. Empty where there are no neighbours to compare it with. */
  found(): string[] {
    const compared = [...this.#children].filter(([, { sessions }]) => sessions >= fewest);
    return compared.flatMap(([pid, child]) => {
      const others = compared.filter(([other]) => other !== pid).map(([, other]) => perSession(other));
      const grown = child.last - child.baseline;
      if (others.length === 0 || grown < notable) return [];
      const usual = Math.max(...others);
      // By session: one that has had more of them may have grown by more.
      if (perSession(child) < times * usual) return [];
      const { bytes, names } = child.largest;
      const most = names.length === 0 ? '' : `; ${inMiB(bytes)} of it until these ended: ${names.join(', ')}`;
      return [
        `child ${pid} grew by ${inMiB(grown)} in ${child.sessions} sessions, others by ${inMiB(usual * child.sessions)} at most in as many${most}`,
      ];
    });
  }

  #begin(pid: number, now: number): void {
    const bytes = this.#options.bytesOf(pid);
    if (bytes === 0) return;
    const [oldest] = this.#children.keys();
    if (this.#children.size >= mostChildren && oldest !== undefined) this.#children.delete(oldest);
    const nothing = { bytes: 0, names: [] };
    this.#children.set(pid, { baseline: bytes, last: bytes, lookedAt: now, sessions: 0, recent: [], largest: nothing });
  }
}

/** Bytes. What shrinks has not grown. */
function perSession({ last, baseline, sessions }: ChildMemory): number {
  return Math.max(last - baseline, 0) / sessions;
}

function inMiB(bytes: number): string {
  return `${Math.round(bytes / (1024 * 1024))} MiB`;
}
