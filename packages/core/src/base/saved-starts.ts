/** What sharing has saved of starts, as the summary and the report of a run tell it. Pure. */

/** Beside a child for each test file, which is what tests without a pool have. */
export interface SavedStarts {
  /** Test files that had sessions. */
  readonly files: number;
  /** Children that were started. */
  readonly starts: number;
  /** Milliseconds until a child can serve, the median. */
  readonly start: number;
  /** Milliseconds of starting, one after another; 0: no fewer were started than there are files. */
  readonly time: number;
}

/** @param start undefined: it is not known how long a child starts. Then neither is what was saved */
export function savedStarts(files: number, starts: number, start: number | undefined): SavedStarts | undefined {
  return start === undefined ? undefined : { files, starts, start, time: Math.max(files - starts, 0) * start };
}
