/**
 * What the children of a pool are made from, part by part, in so few characters that a host can tell others: they say what
 * differs, where theirs is another one.
 */
import { createHash } from 'node:crypto';

/** A part, by what it is called for people → its digest. */
export type AnnouncedParts = Readonly<Record<string, string>>;

/** As hosts announce it. */
export interface PortableIdentity {
  readonly identity: string;
  readonly parts: AnnouncedParts;
}

/** Files that are named, and characters of a name. All others are one part. */
const [mostFiles, longestName] = [8, 100];
const rest = 'other files';

/** @param values, files name → text, those files first that are to be named */
export function announcedParts(
  values: Readonly<Record<string, string>>,
  files: readonly (readonly [string, string])[],
): AnnouncedParts {
  const named = new Set(files.filter(([name]) => name.length <= longestName).slice(0, mostFiles));
  const others = files.filter((file) => !named.has(file));
  const parts = [...Object.entries(values), ...named];
  if (others.length > 0) parts.push([rest, JSON.stringify(others.toSorted(([a], [b]) => (a < b ? -1 : 1)))]);
  return Object.fromEntries(parts.map(([name, text]) => [name, digestOf(text)]));
}

/** Names of parts that differ, as far as both sides tell; none: that is not known. */
export function differingParts(one: AnnouncedParts = {}, other: AnnouncedParts = {}): readonly string[] {
  const [ours, theirs] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  if (ours.size === 0 || theirs.size === 0) return [];
  // A file that one side alone names may be among the others of the other side.
  const isCut = ours.has(rest) || theirs.has(rest);
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].filter((name) => {
    const isTold = !isCut || (ours.has(name) && theirs.has(name));
    return isTold && ours.get(name) !== theirs.get(name);
  });
  return names.length === 0 && isCut ? [rest] : names.toSorted();
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
