/** What a request is called in sentences: in errors, and in reports of calls that were not awaited. */

/** What of a protocol says how its requests are named. */
export interface RequestNaming {
  /** Of its protocol, see there. */
  readonly idField?: string | undefined;
  readonly labelFields?: readonly string[] | undefined;
}

const byDefault = ['type'] as const;
/** Characters of each value. */
const longest = 160;

/** `"textDocument/hover" (file:///src/a.ts)`: what stands at the first path, and at the others. */
export function describeRequest(message: unknown, labelFields: readonly string[] = byDefault): string {
  const [name, ...others] = labelFields.map((path) => valueAt(message, path));
  const known = others.filter((value) => value !== undefined).map(shortened);
  const more = known.length === 0 ? '' : ` (${known.join(', ')})`;
  return `${name === undefined ? 'the request' : `"${shortened(name)}"`}${more}`;
}

/** A text or a number; `undefined`: nothing else is fit for a sentence. */
function valueAt(message: unknown, path: string): string | undefined {
  let value = message;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function shortened(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
