/** The names of what is kept of runs, and their order. Pure. */

/** A timeline, the transcript of a run, or that of the pools that a process of tests has itself. */
export type RecordKind = 'timeline' | 'transcript' | 'transcript of pools';

/** When the run began, its pid, whether it is a transcript, and of pools, and of several that one process has, its number. */
const partsOfName =
  /(?:^|[\\/])(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z)-(\d+)((\.pools(?:-(\d+))?)?\.transcript)?\.jsonl$/;
const ofPools = /\.pools(?:-\d+)?\.transcript\.jsonl$/;

/** `undefined`: it has another name. @param file its name or its path */
export function kindOfRecord(file: string): RecordKind | undefined {
  const parts = partsOfName.exec(file);
  if (parts === null) return undefined;
  if (parts[3] === undefined) return 'timeline';
  return parts[4] === undefined ? 'transcript' : 'transcript of pools';
}

/** Of the process in the name of a record. `undefined`: it has another name. @param file its name or its path */
export function pidInName(file: string): number | undefined {
  const pid = partsOfName.exec(file)?.[2];
  return pid === undefined ? undefined : Number(pid);
}

/**
 * For `toSorted`: as `runsFirst`, then by the time in the names, then by the pid, then by the number. Names of other kinds: by
 * their text.
 * @param a the name or the path of a timeline or of a transcript
 */
export function laterFirst(a: string, b: string): number {
  const order = runsFirst(a, b);
  if (order !== 0) return order;
  const [one, other] = [partsOfName.exec(a), partsOfName.exec(b)];
  const byText = laterText(nameOf(a), nameOf(b));
  if (one === null || other === null || one[1] !== other[1]) return byText;
  return Number(other[2]) - Number(one[2]) || Number(other[5] ?? 1) - Number(one[5] ?? 1) || byText;
}

/** For `toSorted`: the transcripts of pools that processes have themselves come last. @param a its name or its path, whatever the rest of it */
export function runsFirst(a: string, b: string): number {
  return Number(ofPools.test(a)) - Number(ofPools.test(b));
}

function laterText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? 1 : -1;
}

function nameOf(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}
