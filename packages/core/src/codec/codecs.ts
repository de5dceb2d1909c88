import { CarpoolError } from '../base/errors.ts';
import type { Codec } from './codec.ts';
import { newlineDelimited } from './delimited.ts';
import { json } from './json.ts';
import { lengthPrefixed } from './length-prefixed.ts';
import { msgpack } from './msgpack.ts';

/** MessagePack behind a four-byte length; Plushie speaks it. */
export const msgpackCodec: Codec = { name: 'msgpack', framing: lengthPrefixed, format: msgpack };

/** One JSON value a line; Plushie speaks it too, with binary in base64. */
export const jsonLinesCodec: Codec = { name: 'json-lines', framing: newlineDelimited, format: json };

export type CodecName = 'msgpack' | 'json-lines';

const ready: ReadonlyMap<unknown, Codec> = new Map([msgpackCodec, jsonLinesCodec].map((codec) => [codec.name, codec]));

/** @throws CarpoolError CONFIG_INVALID for a name that is not known */
export function resolveCodec(codec: CodecName | Codec): Codec {
  if (typeof codec === 'object') return codec;
  const found = ready.get(codec);
  if (found !== undefined) return found;
  const allowed = [...ready.keys()].map((name) => JSON.stringify(name)).join(', ');
  throw new CarpoolError(
    'CONFIG_INVALID',
    `Cannot use codec ${JSON.stringify(codec)}: allowed are ${allowed} or a Codec object`,
    {
      context: { path: 'codec', found: codec },
    },
  );
}
