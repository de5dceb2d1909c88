/** The test files of the contract as data; each runner renders them in its own words. */

export interface TestSpec {
  readonly name: string;
  /** What it destructures: a pool, or `carpool`. */
  readonly fixture: 'echo' | 'narrow' | 'mortal' | 'carpool';
  /** A function of project/bodies.cjs. */
  readonly body: string;
  /** Milliseconds, where the default of the run is not wanted. */
  readonly timeout?: number;
}

export interface FileSpec {
  readonly name: string;
  readonly concurrent?: boolean;
  readonly retries?: number;
  readonly tests: readonly TestSpec[];
}

/** Milliseconds. A machine that is busy is no failure. */
export const patience = 30_000;

const shortTime = 800;

/** One run of a runner. */
// Playwright goes by the names: what waits for another file must not come first and keep a worker from the others.
export const wholeRun: readonly FileSpec[] = [
  {
    name: 'session-per-test',
    tests: [
      { name: 'leaves a value', fixture: 'echo', body: 'visit' },
      { name: 'finds nothing of it', fixture: 'echo', body: 'visit' },
    ],
  },
  {
    name: 'concurrency',
    concurrent: true,
    tests: ['one', 'two', 'three'].map((name) => ({ name, fixture: 'echo', body: 'meet' })),
  },
  {
    name: 'retry',
    retries: 2,
    tests: [{ name: 'passes at the third attempt', fixture: 'echo', body: 'passAtTheThirdAttempt' }],
  },
  {
    name: 'time-out',
    tests: [
      { name: 'outlasts its time', fixture: 'echo', body: 'outlastItsTime', timeout: shortTime },
      { name: 'comes after it', fixture: 'echo', body: 'visit' },
    ],
  },
  {
    name: 'failure',
    tests: [
      { name: 'fails', fixture: 'narrow', body: 'fail' },
      { name: 'needs its slot', fixture: 'narrow', body: 'visit' },
    ],
  },
  { name: 'killed-worker', tests: [{ name: 'kills its worker', fixture: 'narrow', body: 'killItsWorker' }] },
  {
    name: 'killed-worker-next',
    tests: [{ name: 'needs the slot of the killed', fixture: 'carpool', body: 'takeTheSlotOfTheKilled' }],
  },
  {
    name: 'killed-child',
    tests: [
      { name: 'kills its child', fixture: 'mortal', body: 'killItsChild' },
      { name: 'has the next child', fixture: 'mortal', body: 'visit' },
    ],
  },
  {
    name: 'kept-session',
    tests: [
      { name: 'keeps its session', fixture: 'echo', body: 'keep' },
      { name: 'uses what was kept', fixture: 'echo', body: 'useWhatWasKept' },
    ],
  },
];

export const watched: readonly FileSpec[] = [
  { name: 'watch', tests: [{ name: 'says who its child is', fixture: 'echo', body: 'visit' }] },
];

export const interrupted: readonly FileSpec[] = [
  { name: 'interrupt', tests: [{ name: 'is interrupted', fixture: 'echo', body: 'hold' }] },
];
