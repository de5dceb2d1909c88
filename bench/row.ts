/** What a row of the bench is, and what it leaves in results.json. */

/** A limit, and the side on which values are within it. */
export interface Budget {
  readonly limit: number;
  readonly side: 'at most' | 'at least';
  /** The value compared with the limit. Default: the ratio. */
  readonly of?: 'ratio' | 'value';
}

/** One line of results.json. */
export interface Result {
  readonly id: string;
  readonly unit: string;
  readonly value: number;
  /** The same measure of the baseline; null without a baseline. */
  readonly baseline: number | null;
  /** value ÷ baseline, of each pair, then the median; null where the budget bounds the value itself. */
  readonly ratio: number | null;
  readonly budget: number | null;
  /** True also for a row without a budget. */
  readonly ok: boolean;
}

/** A result, and what else the table shows of it. */
export interface Measured {
  readonly result: Result;
  readonly budget: Budget | undefined;
  /** Half of the range in which the middle half of the ratios lie, as a part of their median. */
  readonly spread: number | undefined;
  /** The number of rounds. */
  readonly rounds: number;
}

export interface RowOptions {
  /** Short and rough: shows that a row works, not its result. */
  readonly quick: boolean;
}

/** One file of rows/. It may leave more than one result. */
export type Row = (options: RowOptions) => Promise<readonly Measured[]>;

export function isWithin(budget: Budget | undefined, value: number, ratio: number | null): boolean {
  if (budget === undefined) return true;
  const held = budget.of === 'value' ? value : (ratio ?? Number.NaN);
  return budget.side === 'at most' ? held <= budget.limit : held >= budget.limit;
}
