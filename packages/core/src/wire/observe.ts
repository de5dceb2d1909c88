/** How messages of sessions are shown to what only looks at a host: `carpool tail`, `carpool watch`. */
import type { HolderLabel } from '../base/holder-label.ts';
import type { SaidStatus } from '../pool/status.ts';

/** Which sessions. All of it must be so; empty: all, and what is said outside any session. */
export interface ObservedFilter {
  /** The name or the id of a pool. */
  readonly pool?: string | undefined;
  /** The id of the session in its pool. */
  readonly session?: string | undefined;
  /** Part of the name of its test, or of the file of that. */
  readonly test?: string | undefined;
}

/** Messages come as OBSERVED from now on, until the connection ends or the next `observe`. For what only looks. */
export interface ObserveRequest {
  readonly method: 'observe';
  /** Absent: none any more. */
  readonly filter?: ObservedFilter | undefined;
  /** Characters of a message that are shown: 200 by default, at most 16,384. */
  readonly characters?: number | undefined;
  /** Absent: true. Otherwise what has passed before is not asked for, and the result has no sessions. */
  readonly said?: boolean | undefined;
}

export interface ObserveResult {
  /**
   * Those that are open and meant, the oldest first, with what has passed before: at most 100. Of the first million
   * characters on, each message is shown by 200 of them.
   */
  readonly sessions: readonly ObservedSession[];
}

export interface ObservedSession extends Omit<HolderLabel, 'run'>, SaidStatus {
  readonly pool: string;
  /** The `id` of the pool in the status, where it has one. */
  readonly poolId?: string | undefined;
  readonly id: string;
}

export interface ObservedMessage extends HolderLabel {
  /** When it passed, in milliseconds since 1970. */
  readonly time: number;
  readonly pool: string;
  /** As in `ObservedSession`. */
  readonly poolId?: string | undefined;
  /** Absent: outside any session. */
  readonly session?: string | undefined;
  /** `out`: to the child. */
  readonly direction: 'in' | 'out';
  /** As in evidence: without secrets, and shortened. */
  readonly text: string;
}

/** The body of OBSERVED. */
export interface ObservedBody {
  readonly messages: readonly ObservedMessage[];
  /** How many that passed after these are not shown, because they came faster than they can be shown or read. Absent: none. */
  readonly lost?: number | undefined;
}
