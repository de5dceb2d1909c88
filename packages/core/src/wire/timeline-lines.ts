/** The first and the last line of the timeline of a run; between them are the events, one a line, as JSON. */

/** Raised when a field changes its meaning or goes. */
export const timelineVersion = 1;

/** The first line. */
export interface TimelineHeader {
  readonly carpoolTimeline: typeof timelineVersion;
  /** The version of Carpool. */
  readonly carpool: string;
  /** "vitest", "jest", "playwright", …, as far as it is known. */
  readonly runner?: string | undefined;
  readonly folder: string;
  readonly pid: number;
  /** Milliseconds since 1970, at the zero of all times that follow. */
  readonly zero: number;
  /** The path of its transcript, where that may be kept in another folder. There is none before its first session. */
  readonly transcript?: string | undefined;
}

/** The last line: of a host that was killed there is none. */
export interface TimelineEnd {
  readonly event: 'end';
  readonly over: number;
  /** Events that were left out, because the file was full. */
  readonly dropped: number;
}
