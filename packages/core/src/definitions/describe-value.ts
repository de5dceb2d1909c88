/** A value of a config as text, so that two that do the same have the same text, wherever their files are. */

/** Objects of a config are not deep; one that is deeper is described as far as this. */
const deepest = 20;

/**
 * Functions are their source: what they close over is in the files of the config.
 * @param place takes the folder of the project out of a text
 */
export function describeValue(value: unknown, place: (text: string) => string): string {
  return JSON.stringify(described(value, place, []));
}

function described(value: unknown, place: (text: string) => string, outer: readonly unknown[]): unknown {
  if (typeof value === 'string') return place(value);
  if (typeof value === 'function') return { function: place(Function.prototype.toString.call(value)) };
  if (typeof value === 'bigint' || typeof value === 'symbol' || Number.isNaN(value))
    return { [typeof value]: String(value) };
  if (value === Infinity || value === -Infinity || Object.is(value, -0))
    return { number: Object.is(value, -0) ? '-0' : String(value) };
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (outer.includes(value)) return { circular: outer.indexOf(value) };
  if (outer.length >= deepest) return { deep: true };
  const within = [...outer, value];
  const inside = (one: unknown): unknown => described(one, place, within);
  if (value instanceof URL || value instanceof RegExp || value instanceof Date) return { text: place(String(value)) };
  if (ArrayBuffer.isView(value))
    return { bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  if (Array.isArray(value)) return value.map(inside);
  if (value instanceof Map || value instanceof Set) return { entries: [...value].map(inside) };
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { constructor } = (Object.getPrototypeOf(value) as { constructor?: unknown }) ?? {};
  const kind = typeof constructor === 'function' && constructor !== Object ? inside(constructor) : undefined;
  return {
    kind,
    fields: fields.filter(([, field]) => field !== undefined).map(([name, field]) => [name, inside(field)]),
  };
}
