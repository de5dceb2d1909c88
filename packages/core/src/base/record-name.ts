/** The names of what is kept of runs, and their order. Pure. */

/** When the run began, its pid and, of several that one process has, its number. */
const partsOfName =
  /(?:^|[\\/])(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z)-(\d+)(?:\.pools(?:-(\d+))?)?(?:\.transcript)?\.jsonl$/;
const ofPools = /\.pools(?:-\d+)?\.transcript\.jsonl$/;

/** The transcript of the pools that a process of tests has itself: it is not the run. @param file its name or its path */
export function isOfPools(file: string): boolean {
  return ofPools.test(file);
}

/** Of the process in the name of a record. `undefined`: it has another name. @param file its name or its path */
export function pidInName(file: string): number | undefined {
  const pid = partsOfName.exec(file)?.[2];
  return pid === undefined ? undefined : Number(pid);
}

/**
 * For `toSorted`: by the time in the names, then by the pid, then by the number. Names of other kinds: by their text.
 * @param a the name or the path of a timeline or of a transcript
 */
export function laterFirst(a: string, b: string): number {
  const [one, other] = [partsOfName.exec(a), partsOfName.exec(b)];
  const byText = lastFirst(nameOf(a), nameOf(b));
  if (one === null || other === null || one[1] !== other[1]) return byText;
  return Number(other[2]) - Number(one[2]) || Number(other[3] ?? 1) - Number(one[3] ?? 1) || byText;
}

function lastFirst(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? 1 : -1;
}

function nameOf(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}
