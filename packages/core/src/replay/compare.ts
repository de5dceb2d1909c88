/** Two messages as data: whether they are equal, and where they differ. Both as a transcript has them, see `recordValue`. */
import { redacted } from '../base/secret-text.ts';
import type { Recorded } from '../base/transcript-value.ts';

/** One place where two values differ. */
export interface Difference {
  /** As in `.items[2].name`; empty: the whole value. */
  readonly path: string;
  /** Absent: there is nothing at this place. */
  readonly recorded?: Recorded | undefined;
  /** Absent: there is nothing at this place. */
  readonly now?: Recorded | undefined;
}

export interface Compared {
  /** The first of them. */
  readonly differences: readonly Difference[];
  /** Those that are not among `differences`. */
  readonly more: number;
  /** From 0, nothing in common, to 1, equal: the share of the texts, numbers and so on that are equal. */
  readonly likeness: number;
}

export interface CompareOptions {
  /** Differences that are listed. Default 20. */
  readonly most?: number | undefined;
  /** Values that are equal although they differ, such as the ids of a session then and now. Default: none are. */
  readonly alike?: ((recorded: Recorded, now: Recorded, path: string) => boolean) | undefined;
  /** Whether what is at this path is not compared. Default: all is. */
  readonly ignored?: ((path: readonly (string | number)[]) => boolean) | undefined;
}

type Path = readonly (string | number)[];
type Fields = { readonly [name: string]: Recorded };

const undefinedTag = '$undefined';

/**
 * Equal as messages: a field whose value is `undefined` is none, and -0 is 0. What was redacted when it was recorded is equal
 * to any value, and in a text to any part of one: nobody knows what it was.
 */
export function isSame(recorded: Recorded, now: Recorded): boolean {
  if (recorded === now) return true;
  if (typeof recorded === 'string') return isRedacted(recorded, now);
  if (Array.isArray(recorded)) {
    return (
      Array.isArray(now) &&
      recorded.length === now.length &&
      recorded.every((item: Recorded, at) => isSame(item, now[at] as Recorded))
    );
  }
  if (!isObject(recorded) || !isObject(now)) return isZero(recorded) && isZero(now);
  if (isZero(recorded) && isZero(now)) return true;
  const names = namesIn(recorded);
  return (
    names.length === namesIn(now).length &&
    names.every((name) => Object.hasOwn(now, name) && isSame(recorded[name] as Recorded, now[name] as Recorded))
  );
}

/** Where they differ, in the order of the recorded one. */
export function compare(recorded: Recorded, now: Recorded, options: CompareOptions = {}): Compared {
  const comparison = new Comparison(options);
  comparison.values(recorded, now, []);
  const { differences, more, same, other } = comparison;
  return { differences, more, likeness: same + other === 0 ? 1 : same / (same + other) };
}

/** "`.items[2].name`", "`["a b"]`" */
export function pathText(path: Path): string {
  return path
    .map((part) =>
      typeof part === 'number' ? `[${part}]` : /^[\w$-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
    )
    .join('');
}

class Comparison {
  readonly differences: Difference[] = [];
  more = 0;
  same = 0;
  other = 0;
  readonly #options: CompareOptions;
  readonly #most: number;

  constructor(options: CompareOptions) {
    this.#options = options;
    this.#most = options.most ?? 20;
  }

  values(recorded: Recorded, now: Recorded, path: Path): void {
    if (this.#options.ignored?.(path) === true) return;
    if (Array.isArray(recorded) && Array.isArray(now)) this.#lists(recorded, now, path);
    else if (isFields(recorded) && isFields(now)) this.#objects(recorded, now, path);
    else if (isSame(recorded, now) || this.#options.alike?.(recorded, now, pathText(path)) === true)
      this.same += leaves(recorded);
    else this.#differ(path, recorded, now);
  }

  #objects(recorded: Fields, now: Fields, path: Path): void {
    const added = namesIn(now).filter((name) => !has(recorded, name));
    for (const name of namesIn(recorded)) {
      if (has(now, name)) this.values(recorded[name] as Recorded, now[name] as Recorded, [...path, name]);
      else this.#differ([...path, name], recorded[name], undefined);
    }
    for (const name of added) this.#differ([...path, name], undefined, now[name]);
  }

  /** What is equal at both ends is, so that one that is more or less is one difference. */
  #lists(recorded: readonly Recorded[], now: readonly Recorded[], path: Path): void {
    const shorter = Math.min(recorded.length, now.length);
    let from = 0;
    while (from < shorter && isSame(recorded[from] as Recorded, now[from] as Recorded)) from++;
    let behind = 0;
    const ends = recorded.length === now.length ? 0 : shorter - from;
    while (behind < ends && isSame(recorded.at(-1 - behind) as Recorded, now.at(-1 - behind) as Recorded)) behind++;
    for (const item of [...recorded.slice(0, from), ...recorded.slice(recorded.length - behind)])
      this.same += leaves(item);
    const length = Math.max(recorded.length, now.length) - behind;
    for (let at = from; at < length; at++) {
      const [then, today] = [recorded.length - behind > at, now.length - behind > at];
      if (then && today) this.values(recorded[at] as Recorded, now[at] as Recorded, [...path, at]);
      else this.#differ([...path, at], then ? recorded[at] : undefined, today ? now[at] : undefined);
    }
  }

  #differ(path: Path, recorded: Recorded | undefined, now: Recorded | undefined): void {
    if (this.#options.ignored?.(path) === true) return;
    this.other += Math.max(recorded === undefined ? 0 : leaves(recorded), now === undefined ? 0 : leaves(now));
    if (this.differences.length >= this.#most) this.more++;
    else this.differences.push({ path: pathText(path), recorded, now });
  }
}

/** Texts, numbers and so on in it, at least one. */
function leaves(value: Recorded): number {
  if (typeof value !== 'object' || value === null) return 1;
  let sum = 0;
  for (const item of Array.isArray(value) ? (value as readonly Recorded[]) : Object.values(value)) sum += leaves(item);
  return Math.max(1, sum);
}

function isObject(value: Recorded): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object of the user, and no value that JSON has not. */
function isFields(value: Recorded): value is Fields {
  if (!isObject(value)) return false;
  const [name, more] = Object.keys(value);
  return name === undefined || more !== undefined || !name.startsWith('$');
}

/** Texts that are not equal. */
function isRedacted(recorded: string, now: Recorded): boolean {
  if (recorded === redacted) return true;
  if (typeof now !== 'string') return false;
  const [first = '', ...others] = recorded.split(redacted);
  const last = others.pop();
  if (last === undefined || !now.startsWith(first)) return false;
  let from = first.length;
  for (const part of others) {
    const at = now.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return now.length - last.length >= from && now.endsWith(last);
}

function isZero(value: Recorded): boolean {
  return value === 0 || (isObject(value) && value['$number'] === '-0');
}

function has(fields: Fields, name: string): boolean {
  return Object.hasOwn(fields, name) && !isUndefined(fields[name] as Recorded);
}

function namesIn(fields: Fields): string[] {
  return Object.keys(fields).filter((name) => !isUndefined(fields[name] as Recorded));
}

function isUndefined(value: Recorded): boolean {
  return isObject(value) && value[undefinedTag] === true;
}
