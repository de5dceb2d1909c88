/** Names that were probably meant, for errors. */

/** `; did you mean "send"?` for a name that differs from one of `known` by few letters; else empty. */
export function didYouMean(name: string, known: readonly string[]): string {
  const meant = closestTo(name, known);
  return meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`;
}

/** The one of `known` from which `name` differs by the fewest letters, if those are few. */
export function closestTo(name: string, known: readonly string[]): string | undefined {
  let [closest, least]: [string | undefined, number] = [undefined, Math.max(1, Math.floor(name.length / 3)) + 1];
  for (const candidate of known) {
    const steps = distance(name.toLowerCase(), candidate.toLowerCase());
    if (steps < least) [closest, least] = [candidate, steps];
  }
  return closest;
}

/** How many letters must be added, removed, replaced, or exchanged with their neighbour. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      const steps = [(row[j - 1] ?? 0) + (same ? 0 : 1), (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1];
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        steps.push((before[j - 2] ?? 0) + 1);
      next.push(Math.min(...steps));
    }
    [before, row] = [row, next];
  }
  return row[other.length] ?? 0;
}
