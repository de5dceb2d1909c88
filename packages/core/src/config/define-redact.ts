/** What users write for `redact` in a config. */

/** What evidence does not show, beside what it does not show by default. */
export interface RedactOptions {
  /**
   * Names whose values are not shown, whatever their case and their separators, and as the end of a longer one: `pin` is also
   * `card_pin` and `cardPin`.
   */
  readonly keys?: readonly string[] | undefined;
  /** What is not shown wherever it stands: each match as a whole. A string is the source of a RegExp. */
  readonly patterns?: readonly (RegExp | string)[] | undefined;
  /** Names whose values are shown, although they stand for secrets by default: `token` of a parser. Matched as `keys`. */
  readonly shown?: readonly string[] | undefined;
  /** False: only `keys` and `patterns`. Default true. */
  readonly defaults?: boolean | undefined;
}

/** `false`: everything is shown. */
export type Redact = RedactOptions | false;
