/**
 * Finds and adds top-level fields of a MessagePack map without decoding it. Frames are routed by this: it runs for every
 * message that crosses a hub, whatever its size.
 */
import type { Fields, Scalar } from './codec.ts';
import { malformed } from './evidence.ts';
import { indexOfName, NameCache, type Wanted } from './msgpack-names.ts';
import { readScalar } from './msgpack-read.ts';
import { cutOff, readSize, type Skip } from './msgpack-skip.ts';
import { Slab } from './slab.ts';
import { roomFor, writeMapHead, writeScalar } from './msgpack-write.ts';

export interface FieldAccess {
  peek(payload: Uint8Array, names: readonly string[]): Fields;
  has(payload: Uint8Array, name: string): boolean;
  stamp(payload: Uint8Array, fields: Fields): Uint8Array | undefined;
}

const largestHead = 5;

export function fieldAccess(skip: Skip): FieldAccess {
  const cache = new NameCache();
  const slab = new Slab();

  /** Reads all keys of a map and puts the scalars under wanted ones into `fields`. Returns how many wanted keys it has. */
  function scan(bytes: Uint8Array, wanted: Wanted, fields: Record<string, Scalar> | undefined): number {
    const round = (wanted.round += 1);
    const head = headSize(bytes[0]);
    let at = head;
    let found = 0;
    // To the end, not until all are found: a reader that takes the last of two `session` fields would see another session.
    for (let left = head === 0 ? 0 : pairCount(bytes, head); left > 0; left -= 1) {
      const key = at + textHead(bytes[at]);
      let valueAt: number;
      let index = -1;
      if (key === at) {
        valueAt = skip(bytes, at, 1, false);
      } else {
        valueAt = key + textSize(bytes, at, key);
        if (valueAt >= bytes.length) throw cutOff(bytes);
        index = indexOfName(wanted.keys, bytes, key, valueAt);
      }
      at = skip(bytes, valueAt, 1, false);
      if (index < 0) continue;
      const name = wanted.names[index] as string;
      if (wanted.seen[index] === round)
        throw malformed(`Cannot read message: it has two fields ${JSON.stringify(name)}`, bytes);
      wanted.seen[index] = round;
      found += 1;
      if (fields === undefined) continue;
      const value = readScalar(bytes, valueAt, at);
      if (value !== undefined) fields[name] = value;
    }
    if (head === 0) at = skip(bytes, 0, 0, false);
    if (at !== bytes.length) throw malformed(`Cannot read message: ${bytes.length - at} bytes follow its end`, bytes);
    return found;
  }

  function splice(payload: Uint8Array, head: number, names: readonly string[], fields: Fields): Uint8Array {
    let room = largestHead + payload.length;
    for (const name of names) room += roomFor(name) + roomFor(fields[name] as Scalar);
    const start = slab.reserve(room);
    const out = slab.block;
    let at = writeMapHead(out, start, pairCount(payload, head) + names.length);
    // At the front, where the other side finds them first.
    for (const name of names) at = writeScalar(out, writeScalar(out, at, name), fields[name] as Scalar);
    out.set(payload.subarray(head), at);
    return slab.cut(at + payload.length - head);
  }

  return {
    peek(payload, names) {
      const fields: Record<string, Scalar> = {};
      scan(payload, cache.ofArray(names), fields);
      return fields;
    },
    has: (payload, name) => scan(payload, cache.ofName(name), undefined) > 0,
    stamp(payload, fields) {
      const head = headSize(payload[0]);
      if (head === 0) throw malformed('Cannot add fields: a message must be an object', payload);
      const wanted = cache.ofKeys(fields);
      const present: Record<string, Scalar> = {};
      if (scan(payload, wanted, present) === 0) return splice(payload, head, wanted.names, fields);
      const absent: string[] = [];
      for (const [index, name] of wanted.names.entries()) {
        if (wanted.seen[index] !== wanted.round) absent.push(name);
        else if (present[name] !== fields[name]) return undefined;
      }
      return absent.length === 0 ? payload : splice(payload, head, absent, fields);
    },
  };
}

/** Bytes before the first key of a map; 0 if it is not a map. */
function headSize(type: number | undefined): number {
  if (type === undefined) return 0;
  if (type >= 0x80 && type < 0x90) return 1;
  return type === 0xde ? 3 : type === 0xdf ? 5 : 0;
}

function pairCount(bytes: Uint8Array, head: number): number {
  return head === 1 ? (bytes[0] as number) & 0x0f : readSize(bytes, 1, head - 1);
}

/** Bytes before the text of a key; 0 if it is not text. Some writers use binary for keys; that counts as text here. */
function textHead(type: number | undefined): number {
  if (type === undefined || type < 0xa0) return 0;
  if (type < 0xc0) return 1;
  if (type === 0xd9 || type === 0xc4) return 2;
  if (type === 0xda || type === 0xc5) return 3;
  return type === 0xdb || type === 0xc6 ? 5 : 0;
}

function textSize(bytes: Uint8Array, at: number, text: number): number {
  return text === at + 1 ? (bytes[at] as number) & 0x1f : readSize(bytes, at + 1, text - at - 1);
}
