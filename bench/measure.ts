/**
 * Measures side by side: every round runs each contestant once, so that other load on the machine affects all of them.
 *
 * The ratio is the median of the ratios of the rounds, not the ratio of the medians: load that slows a whole
 * round down, such as a compiler, affects both halves of its ratio and cancels out, but would move two medians apart.
 * The order alternates, so that no contestant always runs after the same other one.
 */
import type { Naming, Past, Result, RowMessage, RowOptions } from './row.ts';

/** Measures once and returns the number. */
export type Contestant = () => Promise<number>;

export type Measures<Name extends string, Measure = number> = Readonly<Record<Name, readonly Measure[]>>;

export interface Rounds<Name extends string = string, Measure = number> {
  /** At least this many. */
  readonly rounds: number;
  /** Rounds before those that count, for the optimizer and the caches. */
  readonly warmUps: number;
  /** At most this many, while `settled` is false. Default: `rounds`. */
  readonly most?: number;
  /** Whether the measures agree. Default: always. */
  settled?(measures: Measures<Name, Measure>): boolean;
}

/** Runs each contestant once in every round. */
export async function takeTurns<Name extends string, Measure>(
  contestants: Readonly<Record<Name, () => Promise<Measure>>>,
  { rounds, warmUps, most = rounds, settled = () => true }: Rounds<Name, Measure>,
  { quick }: RowOptions,
): Promise<Measures<Name, Measure>> {
  const names = Object.keys(contestants) as Name[];
  const measures = Object.fromEntries(names.map((name) => [name, [] as Measure[]])) as Record<Name, Measure[]>;
  const wanted = quick ? Math.min(2, rounds) : rounds;
  const limit = quick ? wanted : most;
  const warm = quick ? Math.min(1, warmUps) : warmUps;
  for (let round = -warm; round < wanted || (round < limit && !settled(measures)); round++) {
    progress(
      round < 0 ? `warm-up ${round + warm + 1} of ${warm}` : `round ${round + 1} of ${Math.max(wanted, round + 1)}`,
    );
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const measure = await contestants[name]();
      if (round >= 0) measures[name].push(measure);
    }
  }
  return measures;
}

const disturbed = 0.08;

/** As `takeTurns`, with up to three times as many rounds while the ratios to the baseline disagree. */
export function interleave<Name extends string>(
  contestants: Readonly<Record<Name | 'baseline', Contestant>>,
  { rounds, warmUps, most = rounds * 3 }: Omit<Rounds, 'settled'>,
  options: RowOptions,
): Promise<Measures<Name | 'baseline'>> {
  const settled = (measures: Measures<Name | 'baseline'>): boolean => {
    const all = Object.values<readonly number[]>(measures);
    return all.every((some) => relativeSpread(ratios(some, measures.baseline)) < disturbed);
  };
  return takeTurns<Name | 'baseline', number>(contestants, { rounds, warmUps, most, settled }, options);
}

/** The result of a row whose budget is a ratio, or that has none. */
export function compared(naming: Naming, subject: readonly number[], baseline: readonly number[]): Result {
  const all = ratios(subject, baseline);
  return {
    ...named(naming),
    value: median(subject),
    baseline: median(baseline),
    ratio: median(all),
    spread: relativeSpread(all),
    rounds: subject.length,
  };
}

/** What `count` files or tests add to a suite, compared. */
export interface Added {
  readonly subject: readonly number[];
  readonly baseline: readonly number[];
  /** The suite to which both add, and how many files or tests of it. */
  readonly plain: readonly number[];
  readonly count: number;
}

/**
 * As `compared`, of what each file or test adds. Its ratio is that of the medians: one disturbed round can leave next to
 * nothing, or less, of a difference, and such a divisor says nothing.
 */
export function comparedAdded(naming: Naming, { subject, baseline, plain, count }: Added): Result {
  const added = (series: readonly number[]): number[] => minus(series, plain).map((value) => value / count);
  const [own, other] = [added(subject), added(baseline)];
  return { ...compared(naming, own, other), ratio: median(own) / median(other) };
}

/** The result of a row whose budget bounds the value itself. */
export function bounded(naming: Naming, subject: readonly number[], baseline?: readonly number[]): Result {
  return {
    ...named(naming),
    value: median(subject),
    baseline: baseline === undefined ? null : median(baseline),
    ratio: null,
    spread: halfRange(subject),
    rounds: subject.length,
  };
}

/**
 * The result of a row that is held against an earlier commit. The calibration is something that Carpool's code has no part
 * in, measured in the same rounds: it says how fast this machine is, at this moment, at this kind of work.
 */
export function comparedWithPast(
  naming: Naming,
  past: Past,
  { subject, calibration }: Readonly<Record<'subject' | 'calibration', readonly number[]>>,
): Result {
  const then = calibration.map((measure) => (past.value * measure) / past.calibration);
  return { ...compared(naming, subject, then), past };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** `a` less `b`, round by round. */
export function minus(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, round) => value - (b[round] ?? Number.NaN));
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** What the row is doing, for the terminal. */
export function progress(text: string): void {
  process.send?.({ type: 'progress', text } satisfies RowMessage);
}

/** For a row that needs what this machine does not have. */
export function leaveOut(reason: string): readonly Result[] {
  process.send?.({ type: 'left out', reason } satisfies RowMessage);
  return [];
}

function named({ budget, ...naming }: Naming): Omit<Naming, 'budget'> & Pick<Result, 'budget'> {
  return { ...naming, budget: budget ?? null };
}

function ratios(subject: readonly number[], baseline: readonly number[]): number[] {
  return subject.map((value, round) => value / (baseline[round] ?? Number.NaN));
}

function relativeSpread(values: readonly number[]): number {
  return halfRange(values) / Math.abs(median(values));
}

function halfRange(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / 2;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return below + (above - below) * (at - Math.floor(at));
}
