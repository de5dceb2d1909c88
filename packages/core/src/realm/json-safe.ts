/** Whether JSON represents a value completely, so that it need not be serialised by V8. */

/** Values in one tree; JSON is not faster for larger ones. */
const mostValues = 64;

/** True only for small trees of plain objects, arrays, strings, finite numbers, booleans and null. Never throws. */
export function isJsonSafe(value: unknown): boolean {
  try {
    const seen: object[] = [];
    return isSafe(value, seen);
  } catch {
    return false; // a getter threw: let V8 meet it
  }
}

function isSafe(value: unknown, seen: object[]): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      return value === null || isSafeObject(value, seen);
    default:
      return false;
  }
}

function isSafeObject(value: object, seen: object[]): boolean {
  // An object that occurs twice must be one object on the other side too.
  if (seen.length >= mostValues || seen.includes(value)) return false;
  seen.push(value);
  if (Array.isArray(value)) {
    if (value.length > mostValues) return false;
    for (let at = 0; at < value.length; at++) if (!isSafe(value[at], seen)) return false;
    // An array may have properties besides its items.
    return Object.keys(value).length === value.length;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  const names = Object.keys(value);
  if (names.length > mostValues || names.includes('__proto__')) return false;
  for (const name of names) if (!isSafe((value as Record<string, unknown>)[name], seen)) return false;
  return true;
}
