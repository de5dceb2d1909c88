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
/** Sessions of a child from the first to the last look, without which it is compared with none. */
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
  /** That had ended on it by the last look. */
  sessions: number;
  /** That have ended since. */
  unseen: number;
  /** The last few of those. */
  recent: string[];
  /** Between two looks. */
  largest: { readonly bytes: number; readonly names: readonly string[] };
}

/** Of a child that was not looked at since its baseline: it is compared with none. */
const nothing = { sessions: 0, unseen: 0, largest: { bytes: 0, names: [] } } as const;

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
    known.unseen++;
    if (known.recent.push(name) > mostNamed) known.recent.shift();
    if (now - known.lookedAt < between) return;
    const bytes = this.#options.bytesOf(pid);
    if (bytes === 0) return;
    const grown = bytes - known.last;
    if (grown > known.largest.bytes) known.largest = { bytes: grown, names: known.recent };
    known.recent = [];
    known.sessions += known.unseen;
    known.unseen = 0;
    known.last = bytes;
    known.lookedAt = now;
  }

  /** Growth counts from now on. */
  countAnew(): void {
    for (const child of this.#children.values()) Object.assign(child, { ...nothing, baseline: child.last, recent: [] });
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
    this.#children.set(pid, { ...nothing, baseline: bytes, last: bytes, lookedAt: now, recent: [] });
  }
}

/** Bytes. What shrinks has not grown. */
function perSession({ last, baseline, sessions }: ChildMemory): number {
  return Math.max(last - baseline, 0) / sessions;
}

function inMiB(bytes: number): string {
  return `${Math.round(bytes / (1024 * 1024))} MiB`;
}
