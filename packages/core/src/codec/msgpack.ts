/**
 * MessagePack, by msgpackr, without its extensions: maps with string keys, arrays, strings, numbers, binary as
 * Uint8Array, and timestamps as Date.
 *
 * - An integer is a number where a number is exact, else a bigint; bigints are written as 64-bit integers.
 * - `undefined` is treated as in JSON: left out of an object, nil in an array.
 * - Binary shares the memory of the payload: a screenshot is not copied.
 * - msgpackr changes two things on reading: a key `__proto__` becomes `__proto_`; text over 64 bytes loses a leading U+FEFF.
 * - If a key occurs twice, `decode` takes the last; `peek` and `stamp` refuse two of a wanted name.
 */
import type { Options } from 'msgpackr';
// The entry without the native addon: the same behaviour on every machine, and nothing of Node.
import { Packr, Unpackr } from 'msgpackr/pack';
import type { Format } from './codec.ts';
import { messageOf } from '../base/thrown.ts';
import { malformed, notWritten, unwritable } from './evidence.ts';
import { fieldAccess } from './msgpack-fields.ts';
import { skipper } from './msgpack-skip.ts';
import { writable } from './msgpack-writable.ts';

export interface MsgpackOptions {
  /** How deeply maps and arrays may nest, both ways. Default 128. */
  readonly maxDepth?: number;
}

const defaultDepth = 128;
/** Bytes. A message does not keep a larger buffer of msgpackr of which it fills only a part. */
const lentBytes = 64 * 1024;

// `int64AsType: 'auto'` and `skipValues` are documented, but not in its types.
const options: Options & { skipValues: readonly unknown[] } = {
  useRecords: false,
  mapsAsObjects: true,
  variableMapSize: true,
  encodeUndefinedAsNil: true,
  skipValues: [undefined],
  useToJSON: false,
  int64AsType: 'auto' as 'number',
};

/** A MessagePack format with other limits than the default. */
export function msgpackFormat({ maxDepth = defaultDepth }: MsgpackOptions = {}): Format {
  const packr = new Packr(options);
  const unpackr = new Unpackr(options);
  const skip = skipper(maxDepth);
  const fit = writable(maxDepth);
  return {
    name: 'msgpack',
    encode(message) {
      if (message === undefined) throw unwritable('it is undefined');
      try {
        return own(packr.pack(fit(message)));
      } catch (thrown) {
        throw notWritten(thrown);
      }
    },
    decode(payload) {
      const end = skip(payload, 0, 0, true);
      if (end !== payload.length)
        throw malformed(`Cannot read message: ${payload.length - end} bytes follow its end`, payload);
      try {
        // A new view: msgpackr leaves a property on what it reads, and a Buffer would make Buffers of all binary.
        return unpackr.unpack(new Uint8Array(payload.buffer, payload.byteOffset, payload.length)) as unknown;
      } catch (cause) {
        throw malformed(`Cannot read message: ${messageOf(cause)}`, payload, { cause });
      }
    },
    ...fieldAccess(skip),
  };
}

export const msgpack: Format = msgpackFormat();

/**
 * msgpackr packs one message after the other into its buffer and never overwrites what it has returned, but the buffer
 * stays as large as the largest message made it, and a small message that is kept would keep all of it.
 */
function own(packed: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = packed;
  const wasteful = buffer.byteLength > lentBytes && buffer.byteLength > length * 4;
  return wasteful ? new Uint8Array(packed) : new Uint8Array(buffer, byteOffset, length);
}
