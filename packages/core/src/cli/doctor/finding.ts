/** What `carpool doctor` has found: one line each. */

export interface Finding {
  /** What was looked at. */
  readonly check: 'versions' | 'config' | 'pools' | 'temp' | 'hosts' | 'leftovers';
  /** A `warning` is no reason to fail; a `problem` is. */
  readonly status: 'ok' | 'warning' | 'problem';
  readonly text: string;
  /** What to change. */
  readonly advice?: string | undefined;
}

/** What `carpool doctor --json` prints; docs/command.md describes it. */
export interface Diagnosis {
  /** Of this format: raised when a field changes its meaning or goes. New fields do not raise it. */
  readonly version: 1;
  readonly carpool: string;
  readonly node: string;
  /** No problem was found. */
  readonly ok: boolean;
  readonly checks: readonly Finding[];
}
