/**
 * JSON, by the engine. There is no `peek`: the native parser is several times faster than any scanner written in
 * JavaScript, and a frame keeps what it has decoded. There is no `stamp`, although a splice would be easy: JSON allows a
 * key twice and readers differ in which one they take, so a message that was routed is always encoded anew from the values
 * it was routed by.
 */
import { base64 } from '../base/base64.ts';
import type { Format } from './codec.ts';
import { messageOf } from '../base/thrown.ts';
import { malformed, notWritten, unwritable } from './evidence.ts';
import { Slab } from './slab.ts';

/** The options of `jsonFormat`. */
export interface JsonOptions {
  /** How deeply objects and arrays may nest, both ways. Default 128. */
  readonly maxDepth?: number;
}

const shortText = 1024;
// Made at their first use: test files load this module also where there are none, as in jsdom.
let encoder: TextEncoder | undefined;
let decoder: TextDecoder | undefined;

/** A JSON format with other limits than the default. */
export function jsonFormat({ maxDepth = 128 }: JsonOptions = {}): Format {
  const slab = new Slab();

  function decode(payload: Uint8Array): unknown {
    if (isDeeper(payload, maxDepth)) {
      const message = `Cannot read message: it nests deeper than ${maxDepth} levels`;
      throw malformed(message, payload, { limit: maxDepth });
    }
    try {
      return JSON.parse((decoder ??= new TextDecoder('utf-8', { fatal: true })).decode(payload)) as unknown;
    } catch (cause) {
      throw malformed(`Cannot read message: it is no JSON; ${messageOf(cause)}`, payload, { cause });
    }
  }

  function encode(message: unknown): Uint8Array {
    let text: string | undefined;
    try {
      // The engine refuses cycles, and ends what is too deep for its own stack with a RangeError.
      text = JSON.stringify(message);
      if (mayHoldBytes(text)) text = JSON.stringify(message, bytesAsBase64);
    } catch (thrown) {
      throw notWritten(thrown);
    }
    if (text === undefined) throw unwritable(`it is ${typeof message}`);
    const payload = written(text, slab);
    if (isDeeper(payload, maxDepth)) throw unwritable(`it nests deeper than ${maxDepth} levels`);
    return payload;
  }

  return { name: 'json', encode, decode };
}

/** JSON in UTF-8, nested at most 128 levels. */
export const json: Format = jsonFormat();

/** The engine writes a `Uint8Array` and a `Buffer` like this. Other values that look the same cost a second pass. */
function mayHoldBytes(text: string | undefined): boolean {
  return text !== undefined && (text.includes('{"0":') || text.includes('{}') || text.includes('{"type":"Buffer"'));
}

/** JSON has no bytes. Most readers expect base64 instead; it is not decoded again here. */
function bytesAsBase64(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  return Object.prototype.toString.call(original) === '[object Uint8Array]' ? base64(original as Uint8Array) : value;
}

function written(text: string, slab: Slab): Uint8Array {
  encoder ??= new TextEncoder();
  if (text.length > shortText) return encoder.encode(text);
  // A UTF-16 unit is at most three bytes of UTF-8.
  const start = slab.reserve(text.length * 3);
  return slab.cut(start + encoder.encodeInto(text, slab.block.subarray(start)).written);
}

const quote = 0x22;
const backslash = 0x5c;

/** Counts brackets outside strings. For bytes that are not JSON the result means nothing: the parser decides. */
function isDeeper(bytes: Uint8Array, maxDepth: number): boolean {
  // Each level takes two brackets, so a short message cannot be deeper.
  if (bytes.length <= maxDepth * 2) return false;
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      at = endOfString(bytes, at + 1);
      continue;
    }
    // `[` and `{`, `]` and `}` differ in this one bit.
    const bracket = byte | 0x20;
    if (bracket === 0x7b) depth += 1;
    else if (bracket === 0x7d) depth -= 1;
    if (depth > maxDepth) return true;
  }
  return false;
}

/** The position of the closing quote of the string that begins at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const end = bytes.indexOf(quote, at);
    if (end === -1) return bytes.length;
    let slashes = 0;
    while (end - slashes > start && bytes[end - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return end;
    at = end + 1;
  }
}
