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

interface Asymmetric {
  asymmetricMatch(value: unknown): boolean;
}

function isAsymmetric(pattern: object): pattern is Asymmetric {
  return 'asymmetricMatch' in pattern && typeof pattern.asymmetricMatch === 'function';
}
