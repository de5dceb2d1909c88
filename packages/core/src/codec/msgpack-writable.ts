/**
 * Makes a value fit for msgpackr, which checks nothing: it recurses without end into a cycle, writes integers beyond 32 bits
 * as floats (which a `u64` of Rust refuses), truncates the elements of typed arrays other than bytes, and knows the Date,
 * Map and Set of its own realm only. Values that need no change, nearly all, are returned as they are.
 */
import { tagOf } from '../base/tag.ts';
import { unwritable } from './evidence.ts';

/** The value, or a copy with the parts changed that msgpackr would write wrongly. @throws CarpoolError FRAME_MALFORMED */
export type Writable = (value: unknown) => unknown;

export function writable(maxDepth: number): Writable {
  // It recurses, but never deeper than `maxDepth`, and a cycle is deeper than any limit.
  function visit(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'number':
        return Number.isSafeInteger(value) && isLong(value) ? BigInt(value) : value;
      case 'function':
      case 'symbol':
        throw unwritable(`it holds a ${typeof value}`);
      case 'object':
        return value === null ? null : visitObject(value, depth);
      default:
        return value;
    }
  }

  function visitObject(value: object, depth: number): unknown {
    if (depth >= maxDepth) throw unwritable(`it nests deeper than ${maxDepth} levels; is it cyclic?`);
    if (Array.isArray(value)) return visitArray(value, depth + 1);
    if (
      'toJSON' in value &&
      typeof value.toJSON === 'function' &&
      tagOf(value) !== 'Date' &&
      !ArrayBuffer.isView(value)
    ) {
      return visit(value.toJSON(), depth + 1);
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null)
      return visitRecord(value as Record<string, unknown>, depth + 1);
    return visitOther(value, depth);
  }

  function visitArray(array: readonly unknown[], depth: number): unknown {
    let copy: unknown[] | undefined;
    for (let index = 0; index < array.length; index += 1) {
      const before = array[index];
      const after = visit(before, depth);
      if (!Object.is(after, before) && copy === undefined) copy = array.slice();
      if (copy !== undefined) copy[index] = after;
    }
    return copy ?? array;
  }

  function visitRecord(record: Readonly<Record<string, unknown>>, depth: number): unknown {
    let copy: Map<string, unknown> | undefined;
    for (const name of Object.keys(record)) {
      const before = record[name];
      const after = visit(before, depth);
      // As a Map, so that the copy can hold a key `__proto__`.
      if (!Object.is(after, before) && copy === undefined) copy = new Map(definedEntries(record));
      if (after !== undefined) copy?.set(name, after);
    }
    return copy ?? record;
  }

  function visitOther(value: object, depth: number): unknown {
    if (value instanceof Uint8Array) return value;
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    switch (tagOf(value)) {
      case 'ArrayBuffer':
      case 'SharedArrayBuffer':
        return new Uint8Array(value as ArrayBuffer);
      case 'Date':
        return validDate(value as Date);
      case 'Map': {
        const pairs = [...(value as Map<unknown, unknown>)];
        return new Map(pairs.map(([key, entry]) => [visit(key, depth + 1), visit(entry, depth + 1)]));
      }
      case 'Set':
        return visitArray([...(value as Set<unknown>)], depth + 1);
      case 'RegExp':
      case 'Error':
      case 'Promise':
        throw unwritable(`it holds a ${tagOf(value)}`);
      default:
        return visitRecord(value as Record<string, unknown>, depth + 1);
    }
  }

  return (value) => visit(value, 0);
}

function definedEntries(record: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(record).filter(([, value]) => value !== undefined);
}

/** Beyond what msgpackr writes as an integer by itself. */
function isLong(value: number): boolean {
  return value > 0xffffffff || value < -0x80000000;
}

function validDate(date: Date): Date {
  const time = date.getTime();
  if (Number.isNaN(time)) throw unwritable('it holds an invalid Date');
  return date instanceof Date ? date : new Date(time);
}
