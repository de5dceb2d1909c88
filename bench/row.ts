/** What a row of the bench is, and what it leaves in results.json. */

/** The headings of the table, in its order: what a user feels first comes first. */
export const sections = {
  'file-unused': 'A test file: Carpool is configured and not used. What it adds to the file without Carpool',
  'file-shared': 'A test file: its tests share one child. What that adds, against a Node child for each file',
  'file-by-hand': 'A test file: the same, against one child shared by hand (a global setup and a relay of 30 lines)',
  'file-each': 'A test file of Playwright: `withPools` called in each spec, against one call for all',
  'file-renderer': 'A test file of Plushie: headless, a screenshot in each test, against one renderer a file',
  'file-server': 'A test file of a language server: open, diagnostics, hover in each test, against one server a file',
  'file-start': 'A test file: from when on sharing pays, and what a run pays once',
  test: 'A test: what a session adds',
  message: 'A message',
  memory: 'Memory',
  coordination: 'Coordination: shared workers and locks, against AVA',
  growth: 'How cost grows',
} as const;

export type Section = keyof typeof sections;

/** A limit, and the side on which values are within it. */
export interface Budget {
  readonly limit: number;
  readonly side: 'at most' | 'at least';
  /** What is held against the limit. Default: the ratio. */
  readonly of?: 'ratio' | 'value';
}

export interface Naming {
  /** Unique among all results. */
  readonly id: string;
  readonly section: Section;
  /** In words, below the heading of the section. */
  readonly label: string;
  /** Which quantity: `wall` time, `CPU` time of all processes, `starts` of the shared process, and so on. */
  readonly quantity: 'wall' | 'CPU' | 'rate' | 'memory' | 'starts';
  readonly unit: string;
  readonly budget?: Budget;
}

/** The figure of an earlier commit, against which a row is held. */
export interface Past {
  readonly commit: string;
  /** As measured then. */
  readonly value: number;
  /** What the same calibration gave then. The baseline of the row is `value` × its calibration of today ÷ this. */
  readonly calibration: number;
}

/** One line of the table and of results.json. */
export interface Result {
  readonly id: string;
  readonly section: Section;
  readonly label: string;
  readonly quantity: Naming['quantity'];
  readonly unit: string;
  /** A median, as all figures are. */
  readonly value: number;
  /** The same measure of the baseline; null without a baseline. */
  readonly baseline: number | null;
  /** value ÷ baseline, of each round, then the median; null where the budget bounds the value itself. */
  readonly ratio: number | null;
  /** Half of the range in which the middle half of the rounds lie: a part of the ratio, or in the row's unit without one. */
  readonly spread: number | null;
  readonly rounds: number;
  readonly budget: Budget | null;
  readonly past?: Past;
}

export interface RowOptions {
  /** Short and rough: shows that a row works, not its result. */
  readonly quick: boolean;
}

/** One file of rows/. It may leave more than one result; none where `leaveOut` has said why. */
export type Row = (options: RowOptions) => Promise<readonly Result[]>;

/** What the process of a row sends to `main.ts`. */
export type RowMessage =
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'left out'; readonly reason: string }
  | { readonly type: 'results'; readonly results: readonly Result[] };

export type Verdict = 'met' | 'over budget' | 'no budget' | 'not judged: machine is busy' | 'not judged: no ratio';

export function judge({ budget, value, ratio }: Result, machineIsQuiet: boolean): Verdict {
  if (budget === null) return 'no budget';
  if (!machineIsQuiet) return 'not judged: machine is busy';
  const held = budget.of === 'value' ? value : (ratio ?? Number.NaN);
  // A baseline that adds nothing, or less than nothing, within the error.
  if (budget.of !== 'value' && !(held > 0 && Number.isFinite(held))) return 'not judged: no ratio';
  const isWithin = budget.side === 'at most' ? held <= budget.limit : held >= budget.limit;
  return isWithin ? 'met' : 'over budget';
}
