import { fromBinary, fromJson, toBinary, toJson, type JsonObject } from '@bufbuild/protobuf';
import { varintPrefixed, type Codec, type Format } from 'carpool/protocol';
import { InboundMessageSchema, OutboundMessageSchema } from './sass-schema.ts';

/** `{ compilation: 7, compileRequest: { … } }`: the id of the compilation, and a message in the JSON form of protobuf. */
export interface SassPacket extends JsonObject {
  compilation: number;
}

const format: Format = {
  name: 'embedded-sass',
  encode(message) {
    const { compilation, ...said } = message as SassPacket;
    const body = toBinary(InboundMessageSchema, fromJson(InboundMessageSchema, said));
    return Buffer.concat([varint(compilation), body]);
  },
  decode(payload) {
    const { value, length } = firstVarint(payload);
    const said = fromBinary(OutboundMessageSchema, payload.subarray(length));
    // With those that have their default: an id may be 0.
    const json = toJson(OutboundMessageSchema, said, { alwaysEmitImplicit: true });
    return { compilation: value, ...(json as JsonObject) };
  },
};

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) return Uint8Array.from(bytes);
  }
}

function firstVarint(bytes: Uint8Array): { value: number; length: number } {
  const length = bytes.findIndex((byte) => byte < 128) + 1;
  const value = bytes.subarray(0, length).reduceRight((sum, byte) => sum * 128 + (byte % 128), 0);
  return { value, length };
}

export const sassCodec: Codec = { name: 'embedded-sass', framing: varintPrefixed, format };
