/**
 * Values as V8 serialises them for structured clone: Map, Set, Date, BigInt, NaN, errors with their causes, cycles. A view
 * ships the bytes that it shows and not the whole memory behind it, and arrives with its own memory. Small plain values
 * are JSON, which takes a quarter of the time; what V8 writes begins with a byte that no JSON begins with.
 */
import { Buffer } from 'node:buffer';
import { Deserializer, Serializer, deserialize, serialize } from 'node:v8';
import { CarpoolError } from '../base/errors.ts';
import { tagOf } from '../base/tag.ts';
import { messageOf } from '../base/thrown.ts';
import { copyToRealm } from './realm-copy.ts';
import { isJsonSafe } from './json-safe.ts';
import { markedException, portable, sharedMemory, type DomExceptionRecord } from './platform-objects.ts';

type View = new (buffer: ArrayBuffer) => ArrayBufferView;

/** A view is written as its index in this list: it only grows. */
const kinds: readonly (readonly [tag: string, view: View | undefined])[] = [
  ['Uint8Array', Uint8Array],
  ['Int8Array', Int8Array],
  ['Uint8ClampedArray', Uint8ClampedArray],
  ['Int16Array', Int16Array],
  ['Uint16Array', Uint16Array],
  ['Int32Array', Int32Array],
  ['Uint32Array', Uint32Array],
  ['Float32Array', Float32Array],
  ['Float64Array', Float64Array],
  ['BigInt64Array', BigInt64Array],
  ['BigUint64Array', BigUint64Array],
  ['DataView', DataView],
  // From Node 24 on.
  ['Float16Array', (globalThis as { Float16Array?: View }).Float16Array],
];

/** By tag, because the test's realm may have other constructors. */
const numberOf: ReadonlyMap<string, number> = new Map(kinds.map(([tag], at) => [tag, at]));
/** Not in the list, because it is made in another way. */
const bufferNumber = 0xff;
const exceptionNumber = 0xfe;

const readView = function (this: Deserializer): ArrayBufferView | DOMException {
  const number = this.readUint32();
  const bytes = this.readRawBytes(this.readUint32());
  if (number === bufferNumber) return Buffer.from(bytes);
  if (number === exceptionNumber) return exceptionOf(JSON.parse(bytes.toString()) as DomExceptionRecord);
  const [, Kind] = kinds[number] ?? [];
  if (Kind === undefined) throw new Error('a view of a kind that this version does not know');
  const memory = new ArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  return new Kind(memory);
};

export interface CloneOptions {
  /** A `Buffer` arrives as one, and not as the `Uint8Array` that structured clone, and so AVA, makes of it. */
  readonly keepBuffers?: boolean;
  /** Makes the error from what is wrong with the value. Default FRAME_MALFORMED. */
  readonly failed?: (message: string, cause: unknown) => CarpoolError;
}

/**
 * @param sender for the error: "Cannot publish to shared worker …"
 * @throws CarpoolError FRAME_MALFORMED, or what `failed` returns, if the value holds something that cannot be cloned
 */
export function clone(value: unknown, sender: string, options: CloneOptions = {}): Uint8Array {
  const { keepBuffers = false, failed = malformed } = options;
  if (isJsonSafe(value)) return Buffer.from(JSON.stringify(value));
  const writer = new Serializer() as Serializer & {
    _writeHostObject(value: object): void;
    _setTreatArrayBufferViewsAsHostObjects(yes: boolean): void;
  };
  writer._writeHostObject = (object) => writeView(writer, object, keepBuffers);
  writer._setTreatArrayBufferViewsAsHostObjects(true);
  try {
    writer.writeHeader();
    writer.writeValue(portable(value));
    return writer.releaseBuffer();
  } catch (thrown) {
    throw failed(`${sender}: ${messageOf(thrown)}`, thrown);
  }
}

function writeView(writer: Serializer, value: object, keepBuffers: boolean): void {
  const kind = ArrayBuffer.isView(value) ? numberOf.get(tagOf(value)) : undefined;
  if (kind === undefined) throw new Error(`${value.constructor.name} could not be cloned.`);
  const exception = markedException(value);
  if (exception !== undefined) {
    writeBytes(writer, exceptionNumber, Buffer.from(JSON.stringify(exception)));
    return;
  }
  const { buffer, byteOffset, byteLength } = value as ArrayBufferView;
  if (tagOf(buffer) === 'SharedArrayBuffer') throw new Error(sharedMemory);
  const number = keepBuffers && Buffer.isBuffer(value) ? bufferNumber : kind;
  writeBytes(writer, number, new Uint8Array(buffer, byteOffset, byteLength));
}

function writeBytes(writer: Serializer, number: number, bytes: Uint8Array): void {
  writer.writeUint32(number);
  writer.writeUint32(bytes.length);
  writer.writeRawBytes(bytes);
}

function exceptionOf({ message, name, stack }: DomExceptionRecord): DOMException {
  const exception = new DOMException(message, name);
  Object.defineProperty(exception, 'stack', { value: stack, configurable: true, writable: true });
  return exception;
}

function malformed(message: string, cause: unknown): CarpoolError {
  return new CarpoolError('FRAME_MALFORMED', message, { scope: 'call', blame: 'test', cause });
}

const v8Version = 0xff;

/** In Jest what Node makes is of another realm than the tests. */
const foreign: boolean = Object.getPrototypeOf(deserialize(serialize({}))) !== Object.prototype;

/** The value, made in this realm. @throws CarpoolError FRAME_MALFORMED */
export function revive(bytes: Uint8Array): unknown {
  try {
    if (bytes[0] !== v8Version) {
      return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as unknown;
    }
    const reader = new Deserializer(bytes);
    (reader as Deserializer & { _readHostObject: unknown })._readHostObject = readView;
    reader.readHeader();
    const value = reader.readValue() as unknown;
    return foreign ? copyToRealm(value) : value;
  } catch (thrown) {
    const message = `Cannot read a cloned value: ${messageOf(thrown)}`;
    throw new CarpoolError('FRAME_MALFORMED', message, { cause: thrown });
  }
}
