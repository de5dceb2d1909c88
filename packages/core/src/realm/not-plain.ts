/** What structured clone would carry only in part: an object of a class loses its class, and often all it holds. */
import { tagOf } from '../base/tag.ts';

/** Carried whole. Views and buffers too, see `ArrayBuffer.isView`. */
const whole: ReadonlySet<string> = new Set([
  'Array',
  'Map',
  'Set',
  'Date',
  'RegExp',
  'Error',
  'ArrayBuffer',
  'Number',
  'String',
  'Boolean',
  'BigInt',
]);

export interface NotPlain {
  /** From the value on: `.params[2].when`. */
  readonly path: string;
  /** "a URL", "a function". */
  readonly what: string;
}

/** The first part of a value that does not arrive as it is; `undefined`: all of it does. */
export function notPlainIn(value: unknown): NotPlain | undefined {
  const seen = new Set<object>();
  const open: [path: string, value: unknown][] = [['', value]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, inner] = next;
    if (typeof inner === 'function' || typeof inner === 'symbol') return { path, what: `a ${typeof inner}` };
    if (typeof inner !== 'object' || inner === null || seen.has(inner) || ArrayBuffer.isView(inner)) continue;
    seen.add(inner);
    const name = className(inner);
    if (name !== undefined) return { path, what: `an object of the class ${name}` };
    const parts = partsOf(path, inner);
    // Backwards, so that the first one is named.
    for (let at = parts.length - 1; at >= 0; at -= 1) open.push(parts[at] as [string, unknown]);
  }
  return undefined;
}

/** `undefined` for what is carried whole. By tag, because a value may be of another realm. */
function className(value: object): string | undefined {
  if (whole.has(tagOf(value))) return undefined;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined;
  const { constructor } = value;
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'without a name';
}

function partsOf(path: string, value: object): [string, unknown][] {
  switch (tagOf(value)) {
    case 'Map':
      return [...(value as Map<unknown, unknown>)].flatMap(([key, inner], at): [string, unknown][] => [
        [`${path} (key ${at + 1} of the Map)`, key],
        [`${path} (value ${at + 1} of the Map)`, inner],
      ]);
    case 'Set':
      return [...(value as Set<unknown>)].map((inner, at) => [`${path} (item ${at + 1} of the Set)`, inner]);
    case 'Array':
      return (value as unknown[]).map((inner, at) => [`${path}[${at}]`, inner]);
    case 'Object':
      return Object.entries(value).map(([name, inner]) => [`${path}.${name}`, inner]);
    default:
      return [];
  }
}
