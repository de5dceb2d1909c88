/**
 * Which golden files the assertions of a run have used. Two assertions of one name compare one file: where it is written,
 * the second would undo the first, and the next run would fail.
 */

/** The use of a golden file by one assertion. */
export interface Claim {
  readonly path: string;
  /** Of the result. */
  readonly hash: string;
  /** Where the assertion is. */
  readonly at: string;
}

const runs = new WeakMap<object, Map<string, Claim>>();

/**
 * Notes the use of a file.
 * @param run one object for each run of a test file
 * @returns the earlier use that this one would undo, if it writes; undefined if there is none
 */
export function claim(run: object, own: Claim, writes: boolean): Claim | undefined {
  let claims = runs.get(run);
  if (claims === undefined) runs.set(run, (claims = new Map()));
  // One file on many systems.
  const key = own.path.toLowerCase();
  const earlier = claims.get(key);
  if (earlier === undefined) claims.set(key, own);
  else if (earlier.path !== own.path || (writes && earlier.hash !== own.hash)) return earlier;
  return undefined;
}
