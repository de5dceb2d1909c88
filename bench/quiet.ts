/**
 * Whether the machine is quiet enough for figures to mean something. Three signs, because none sees everything:
 *
 *   before a row   the share of the processors in use while the bench itself sleeps
 *   before a row   a fixed loop takes longer than it did at its fastest: the processor is slower, or a neighbour of this
 *                  virtual machine has it
 *   after a row    processor time that none of the row's processes have used (Linux only: other systems do not tell
 *                  what children and their children have used)
 */
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** Of all processors together. */
const mostBusy = 0.1;
const mostSlowdown = 1.25;
/** A row's processes may still be ending when the next row is about to begin. */
const attempts = 10;

/** Shares of 1: what is in use, or was taken from the row. */
export interface Load {
  readonly before: number;
  readonly slowdown: number;
  /** Undefined where it cannot be known. */
  readonly during?: number;
}

export function isQuiet({ before, slowdown, during = 0 }: Load): boolean {
  return before <= mostBusy && slowdown <= mostSlowdown && during <= mostBusy;
}

export function describeLoad({ before, slowdown, during }: Load): string {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const rest = during === undefined ? '' : `, ${percent(during)} of it used by other processes meanwhile`;
  return `${percent(before)} of the machine in use before the row, a fixed loop at ${slowdown.toFixed(2)} × its best time${rest}`;
}

let fastest = Number.POSITIVE_INFINITY;

/** Waits a while for a quiet moment. */
export async function loadBefore(): Promise<Load> {
  for (let attempt = 1; ; attempt++) {
    const start = ticks();
    await setTimeout(400);
    const end = ticks();
    const times = Array.from({ length: 5 }, loopTime).toSorted((a, b) => a - b);
    const time = times[2] ?? Number.NaN;
    fastest = Math.min(fastest, ...times);
    const load = { before: share(start, end), slowdown: time / fastest };
    if (isQuiet(load) || attempt === attempts) return load;
    await setTimeout(600);
  }
}

/** Watches while a row runs; call the result when its processes have ended. */
export function watchLoad(): () => Pick<Load, 'during'> {
  const [start, ownStart] = [ticks(), ownTicks()];
  return () => {
    const [end, ownEnd] = [ticks(), ownTicks()];
    if (ownStart === undefined || ownEnd === undefined) return {};
    const all = end.busy + end.idle - start.busy - start.idle;
    return { during: Math.max(0, (end.busy - start.busy - (ownEnd - ownStart)) / all) };
  };
}

interface Ticks {
  readonly busy: number;
  readonly idle: number;
}

function share(start: Ticks, end: Ticks): number {
  const [busy, idle] = [end.busy - start.busy, end.idle - start.idle];
  return busy / (busy + idle);
}

/** Of all processors. On Linux it includes what a hypervisor gave to others, which `os.cpus()` leaves out. */
function ticks(): Ticks {
  if (existsSync('/proc/stat')) {
    const all = numbers(readFileSync('/proc/stat', 'utf8').split('\n')[0]);
    const [, user = 0, nice = 0, system = 0, idle = 0, wait = 0, hard = 0, soft = 0, stolen = 0] = all;
    return { busy: user + nice + system + hard + soft + stolen, idle: idle + wait };
  }
  let [busy, idle] = [0, 0];
  for (const { times } of cpus()) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  return { busy, idle };
}

/** Of this process and of all its descendants that have ended. */
function ownTicks(): number | undefined {
  if (!existsSync('/proc/self/stat')) return undefined;
  // The name of the program, in parentheses, may hold spaces.
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1];
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = numbers(fields).slice(11, 15);
  return user + system + childrenUser + childrenSystem;
}

function numbers(text: string | undefined): number[] {
  return (text ?? '').split(/\s+/).map(Number);
}

/** Some work that never changes, about 20 ms of it. */
function loopTime(): number {
  const start = performance.now();
  let value = 1;
  for (let step = 0; step < 6_000_000; step++) value = (value * 48_271) % 2_147_483_647;
  if (value === 0) throw new Error('The loop has a bug');
  return performance.now() - start;
}
