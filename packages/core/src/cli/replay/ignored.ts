/** Paths that are not compared: `.items[*].id`, `**.time`. */

type Part = string | number;

/**
 * @param patterns paths as differences show them. `*` stands for one name or number, `**` for any number of them
 * @returns whether what is at a path is ignored; what is in it is, too
 */
export function ignoredPaths(patterns: readonly string[]): (path: readonly Part[]) => boolean {
  const all = patterns.map(partsOf);
  return (path) => all.some((parts) => matches(parts, path));
}

/** "`.a[0]["x y"].b`" as its parts. */
function partsOf(pattern: string): string[] {
  const parts = pattern.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g);
  return Array.from(parts, ([, quoted, index, name]) =>
    quoted === undefined ? (index ?? name ?? '') : (JSON.parse(`"${quoted}"`) as string),
  );
}

function matches([first, ...rest]: readonly string[], path: readonly Part[]): boolean {
  if (first === undefined) return path.length === 0;
  if (first === '**')
    return Array.from({ length: path.length + 1 }, (_, at) => path.slice(at)).some((left) => matches(rest, left));
  const [part, ...left] = path;
  return part !== undefined && (first === '*' || first === String(part)) && matches(rest, left);
}
