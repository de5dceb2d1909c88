/** The first of what comes, at most so many. */
export function* take<T>(from: Iterable<T>, most: number): Generator<T> {
  let taken = 0;
  if (most <= 0) return;
  for (const one of from) {
    yield one;
    if (++taken >= most) return;
  }
}
