/** True if `value` has all that `pattern` has, as in `toMatchObject`; `expect.any(…)` and its like may stand in it. */
export function matches(pattern: unknown, value: unknown): boolean {
  if (typeof pattern !== 'object' || pattern === null) return Object.is(pattern, value);
  if (isAsymmetric(pattern)) return pattern.asymmetricMatch(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(pattern) !== Array.isArray(value)) return false;
  if (ArrayBuffer.isView(pattern) || Array.isArray(pattern)) {
    if ((pattern as unknown as ArrayLike<unknown>).length !== (value as ArrayLike<unknown>).length) return false;
  }
  return Object.entries(pattern).every(([name, wanted]) => matches(wanted, (value as Record<string, unknown>)[name]));
}

/**
 * What `pattern` speaks of, in `value`: a difference of the two shows no field that does not matter. Where a field is
 * missing, all that came instead matters.
 */
export function partOf(value: unknown, pattern: unknown): unknown {
  if (!isRecord(value) || !isRecord(pattern) || isAsymmetric(pattern)) return value;
  const names = Object.keys(pattern);
  if (names.some((name) => !(name in value))) return value;
  return Object.fromEntries(names.map((name) => [name, partOf(value[name], pattern[name])]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

interface Asymmetric {
  asymmetricMatch(value: unknown): boolean;
}

function isAsymmetric(pattern: object): pattern is Asymmetric {
  return 'asymmetricMatch' in pattern && typeof pattern.asymmetricMatch === 'function';
}
