/**
 * Measures side by side: every round runs each contestant once, so that other load on the machine affects all of them.
 *
 * The ratio is the median of the ratios of the rounds, not the ratio of the medians: load that slows a whole
 * round down, such as a compiler, affects both halves of its ratio and cancels out, but would move two medians apart.
 * The order alternates, so that no contestant always runs after the same other one.
 */
import { isWithin, type Budget, type Measured, type RowOptions } from './row.ts';

/** Measures once and returns the number. */
export type Contestant = () => Promise<number>;

export type Measures<Name extends string> = Readonly<Record<Name, readonly number[]>>;

export interface Rounds {
  /** At least this many. */
  readonly rounds: number;
  /** At most this many, while the ratios disagree. Default: three times `rounds`. */
  readonly most?: number;
  /** Rounds before those that count, for the optimizer and the caches. */
  readonly warmUps: number;
}

const disturbed = 0.08;

export async function interleave<Name extends string>(
  contestants: Readonly<Record<Name | 'baseline', Contestant>>,
  { rounds, warmUps, most = rounds * 3 }: Rounds,
  { quick }: RowOptions,
): Promise<Measures<Name | 'baseline'>> {
  const names = Object.keys(contestants) as (Name | 'baseline')[];
  const measures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name | 'baseline',
    number[]
  >;
  const wanted = quick ? 2 : rounds;
  const limit = quick ? wanted : most;
  const agree = (): boolean => names.every((name) => spread(ratios(measures[name], measures.baseline)) < disturbed);
  const warm = quick ? Math.min(1, warmUps) : warmUps;
  for (let round = -warm; round < wanted || (round < limit && !agree()); round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const measure = await contestants[name]();
      if (round >= 0) measures[name].push(measure);
    }
  }
  return measures;
}

export interface Naming {
  readonly id: string;
  readonly unit: string;
  readonly budget?: Budget;
}

/** The result of a row whose budget is a ratio, or that has none. */
export function compared(
  { id, unit, budget }: Naming,
  subject: readonly number[],
  baseline: readonly number[],
): Measured {
  const all = ratios(subject, baseline);
  const [value, base, ratio] = [median(subject), median(baseline), median(all)];
  const ok = isWithin(budget, value, ratio);
  const result = { id, unit, value, baseline: base, ratio, budget: budget?.limit ?? null, ok };
  return { result, budget, spread: spread(all), rounds: subject.length };
}

/** The result of a row whose budget bounds by how much the subject is more than the baseline. */
export function added({ id, unit, budget }: Naming, subject: readonly number[], baseline: readonly number[]): Measured {
  const value = median(subject.map((measure, round) => measure - (baseline[round] ?? Number.NaN)));
  const ok = isWithin(budget, value, null);
  const result = { id, unit, value, baseline: median(baseline), ratio: null, budget: budget?.limit ?? null, ok };
  return { result, budget, spread: spread(ratios(subject, baseline)), rounds: subject.length };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function ratios(subject: readonly number[], baseline: readonly number[]): number[] {
  return subject.map((value, round) => value / (baseline[round] ?? Number.NaN));
}

function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / median(values);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return below + (above - below) * (at - Math.floor(at));
}
