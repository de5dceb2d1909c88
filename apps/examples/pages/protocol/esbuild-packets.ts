import { lengthPrefixed, type Codec, type Format } from 'carpool/protocol';

/** A null, a boolean, an integer of 32 bits, a text, bytes, a list or an object. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [name: string]: Value };

/** A packet: its number, whether it replies, and beside that what it says, which is always an object. */
export interface Packet {
  readonly packet: number;
  readonly isReply: boolean;
  readonly [name: string]: Value;
}

function* written(value: Value): Generator<Uint8Array> {
  if (value === null) yield Uint8Array.of(0);
  else if (typeof value === 'boolean') yield Uint8Array.of(1, Number(value));
  else if (typeof value === 'number') yield* [Uint8Array.of(2), int(value)];
  else if (typeof value === 'string') yield* [Uint8Array.of(3), ...sized(Buffer.from(value))];
  else if (value instanceof Uint8Array) yield* [Uint8Array.of(4), ...sized(value)];
  else if (Array.isArray(value)) {
    yield* [Uint8Array.of(5), int(value.length)];
    for (const item of value) yield* written(item);
  } else {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    yield* [Uint8Array.of(6), int(fields.length)];
    for (const [name, field] of fields) yield* [...sized(Buffer.from(name)), ...written(field)];
  }
}

function int(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

const sized = (bytes: Uint8Array): Uint8Array[] => [int(bytes.length), bytes];

function reader(bytes: Uint8Array): { int(): number; value(): Value } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > buffer.length) throw new RangeError(`it ends after ${buffer.length} bytes`);
    return buffer.subarray(at, (at += length));
  };
  const number = (): number => take(4).readUInt32LE();
  const text = (): string => take(number()).toString();
  const many = <Item>(item: () => Item): Item[] => Array.from({ length: number() }, item);
  const value = (): Value => {
    const kind = take(1).readUInt8();
    if (kind === 0) return null;
    if (kind === 1) return take(1).readUInt8() !== 0;
    if (kind === 2) return number();
    if (kind === 3) return text();
    if (kind === 4) return Uint8Array.from(take(number()));
    if (kind === 5) return many(value);
    if (kind === 6) return Object.fromEntries(many(() => [text(), value()]));
    throw new RangeError(`there is no kind ${kind}`);
  };
  return { int: number, value };
}

const format: Format = {
  name: 'esbuild',
  encode(message) {
    const { packet, isReply, ...said } = message as Packet;
    return Buffer.concat([int((packet << 1) | Number(isReply)), ...written(said)]);
  },
  decode(payload) {
    // The first packet is the version, and nothing else.
    if (/^[\d.]+$/.test(Buffer.from(payload).toString('latin1'))) return { version: Buffer.from(payload).toString() };
    const read = reader(payload);
    const head = read.int();
    return { packet: head >>> 1, isReply: (head & 1) === 1, ...(read.value() as object) };
  },
};

export const esbuildCodec: Codec = { name: 'esbuild', framing: lengthPrefixed({ endian: 'little' }), format };
