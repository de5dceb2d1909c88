/** Which processes of several runs are killed, how, and when: all from a seed. */
import type { Killed } from './journal.ts';

export interface Kill {
  readonly how: Killed['how'];
  /** The run, by its number; undefined: what all runs share. */
  readonly run?: number;
  /** It is due with this line of the journal: of that run, or of all runs. From 1. */
  readonly line: number;
}

export interface ScheduleOptions {
  readonly runs: number;
  /** Lines of the journal that one run writes, if nothing is killed. */
  readonly lines: number;
}

/** Of a run. */
const ends = ['SIGKILL', 'SIGINT', 'SIGTERM', 'worker', 'stopped'] as const;
/** The part of the lines in which something is killed; what runs do after it shows that they go on. */
const part = { run: 0.6, shared: 0.4 };

/** Every third seed kills the host of the machine; in two others that follow each other a run ends in each way. */
export function schedule(seed: number, { runs, lines }: ScheduleOptions): Kill[] {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const killsHost = seed % 3 === 0;
  const count = killsHost ? 1 : 3;
  const victims = Array.from({ length: runs }, (_, run) => ({ run, at: random() })).sort((a, b) => a.at - b.at);
  const first = (seed - Math.floor(seed / 3)) * 3;
  const ofRuns = victims.slice(0, count).map(({ run }, at) => {
    const how = ends[(first + at) % ends.length] ?? 'SIGKILL';
    // Also while it is started: the first lines are written when its config is loaded.
    return { how, run, line: 1 + below(random() < 0.2 ? 3 : lines * part.run) };
  });
  // Half of the runs may be gone early.
  const shared = 1 + below(lines * runs * part.shared);
  return [...ofRuns, killsHost ? { how: 'host', line: shared } : { how: 'child', line: shared }];
}

/** `7`, `1-20`, `3,5`. */
export function parseSeeds(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, from, to] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part.trim()) ?? [];
    if (from === undefined) throw new Error(`${JSON.stringify(part)} is no seed, and no range of seeds such as 1-20`);
    const [first, last] = [Number(from), Number(to ?? from)];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  });
}

/** Mulberry32: from 0 to 1. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
