/** The strings of a message, replaced. */

/** Fields that hold the text of a document: nothing in them is an address. */
const texts: ReadonlySet<string> = new Set(['text', 'newText']);

/**
 * A copy of a JSON value in which each string, and each name of a field, is what `replace` makes of it.
 * @param opaque fields that are kept as they are, whatever they hold
 */
export function mapStrings(
  value: unknown,
  replace: (text: string) => string,
  opaque: ReadonlySet<string> = new Set(),
): unknown {
  if (typeof value === 'string') return replace(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, replace, opaque));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (opaque.has(name)) return [name, item];
      const kept = texts.has(name) && typeof item === 'string';
      return [replace(name), kept ? item : mapStrings(item, replace, opaque)];
    }),
  );
}
