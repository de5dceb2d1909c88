/**
 * Values as V8 serialises them for structured clone: Map, Set, Date, BigInt, NaN, errors with their causes, circles. A view
 * ships the bytes that it shows and not those of the memory it looks into, and arrives with memory of its own. Small plain
 * values are JSON, which takes a quarter of the time; what V8 writes begins with a byte that no JSON begins with.
 */
import { Buffer } from 'node:buffer';
import { Deserializer, Serializer, deserialize, serialize } from 'node:v8';
import { CarpoolError } from '../base/errors.ts';
import { copyToRealm } from './realm-copy.ts';
import { isPlain } from './json-safe.ts';

type View = new (buffer: ArrayBuffer) => ArrayBufferView;

/** What is written is the place in this list: it only grows. */
const kinds: readonly (readonly [tag: string, view: View])[] = [
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
];

/** By tag, because the test's realm may have constructors of its own. */
const numberOf: ReadonlyMap<string, number> = new Map(kinds.map(([tag], at) => [`[object ${tag}]`, at]));

const views = {
  _writeHostObject(this: Serializer, value: object): void {
    const kind = ArrayBuffer.isView(value) ? numberOf.get(Object.prototype.toString.call(value)) : undefined;
    if (kind === undefined) throw new Error(`${Object.prototype.toString.call(value)} could not be cloned.`);
    const { buffer, byteOffset, byteLength } = value as ArrayBufferView;
    this.writeUint32(kind);
    this.writeUint32(byteLength);
    this.writeRawBytes(new Uint8Array(buffer, byteOffset, byteLength));
  },
  _readHostObject(this: Deserializer): ArrayBufferView {
    const [, Kind] = kinds[this.readUint32()] ?? [];
    if (Kind === undefined) throw new Error('a view of a kind that this version does not know');
    const bytes = this.readRawBytes(this.readUint32());
    const memory = new ArrayBuffer(bytes.length);
    new Uint8Array(memory).set(bytes);
    return new Kind(memory);
  },
};

/**
 * @param sender for the error: "Cannot publish to shared worker …"
 * @throws CarpoolError FRAME_MALFORMED, and then nothing was sent
 */
export function clone(value: unknown, sender: string): Uint8Array {
  if (isPlain(value)) return Buffer.from(JSON.stringify(value));
  const writer = new Serializer();
  (writer as Serializer & { _writeHostObject: unknown })._writeHostObject = views._writeHostObject;
  (
    writer as unknown as { _setTreatArrayBufferViewsAsHostObjects(yes: boolean): void }
  )._setTreatArrayBufferViewsAsHostObjects(true);
  try {
    writer.writeHeader();
    writer.writeValue(value);
    return writer.releaseBuffer();
  } catch (thrown) {
    const why = (thrown as { message?: unknown } | undefined)?.message ?? thrown;
    throw new CarpoolError('FRAME_MALFORMED', `${sender}: ${String(why)}`, {
      scope: 'call',
      blame: 'test',
      cause: thrown,
    });
  }
}

const v8Version = 0xff;

function parse(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw new CarpoolError('FRAME_MALFORMED', `Cannot read a message of a shared worker: ${(thrown as Error).message}`);
  }
}

/** In Jest what Node makes is of another realm than the tests. */
const foreign: boolean = Object.getPrototypeOf(deserialize(serialize({}))) !== Object.prototype;

/** @throws CarpoolError FRAME_MALFORMED */
export function revive(bytes: Uint8Array): unknown {
  if (bytes[0] !== v8Version) return parse(bytes);
  const reader = new Deserializer(bytes);
  (reader as Deserializer & { _readHostObject: unknown })._readHostObject = views._readHostObject;
  try {
    reader.readHeader();
    const value = reader.readValue() as unknown;
    return foreign ? copyToRealm(value) : value;
  } catch (thrown) {
    const message = `Cannot read a message of a shared worker: ${(thrown as Error).message}`;
    throw new CarpoolError('FRAME_MALFORMED', message, { cause: thrown });
  }
}
