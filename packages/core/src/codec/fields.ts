import type { Fields, Scalar } from './codec.ts';

/**
 * A longer string does not count as a field. Fields are names, ids and kinds, by which messages are routed and which errors
 * quote; a text of megabytes under such a name is content, and must not be decoded at each hop.
 */
export const maxFieldBytes = 1024;

/** The named top-level fields of a decoded message. */
export function fieldsOf(message: unknown, names: readonly string[]): Fields {
  const fields: Record<string, Scalar> = {};
  if (!isRecord(message)) return fields;
  for (const name of names) {
    if (!Object.hasOwn(message, name)) continue;
    const value = message[name];
    if (isField(value)) fields[name] = value;
  }
  return fields;
}

/** True for what is written as a map or an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function isField(value: unknown): value is Scalar {
  switch (typeof value) {
    case 'string':
      return fits(value);
    case 'number':
    case 'bigint':
    case 'boolean':
      return true;
    default:
      return value === null;
  }
}

function fits(text: string): boolean {
  // A UTF-16 unit is one to three bytes of UTF-8: only in between must they be counted.
  if (text.length * 3 <= maxFieldBytes) return true;
  return text.length <= maxFieldBytes && new TextEncoder().encode(text).length <= maxFieldBytes;
}
