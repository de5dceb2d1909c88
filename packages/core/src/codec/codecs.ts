/**
 * The built-in codecs by name. MessagePack is loaded when a child speaks it: test files load the config, and must not pay for
 * what they do not use.
 */
import { CarpoolError } from '../base/errors.ts';
import type { Codec } from './codec.ts';
import { newlineDelimited } from './delimited.ts';
import { json } from './json.ts';
import { lengthPrefixed } from './length-prefixed.ts';

/** One JSON value a line. Plushie speaks it with `--json`. */
export const jsonLinesCodec: Codec = { name: 'json-lines', framing: newlineDelimited, format: json };

export type CodecName = 'msgpack' | 'json-lines';

const names: readonly string[] = ['msgpack', 'json-lines'] satisfies CodecName[];

/**
 * `msgpack` is MessagePack behind a four-byte length, `json-lines` one JSON value a line.
 * @throws CarpoolError CONFIG_INVALID for an unknown name
 */
export async function loadCodec(codec: CodecName | Codec): Promise<Codec> {
  if (typeof codec === 'object') return codec;
  checkCodecName(codec);
  if (codec === 'json-lines') return jsonLinesCodec;
  const { msgpack } = await import('./msgpack.ts');
  return { name: 'msgpack', framing: lengthPrefixed(), format: msgpack };
}

/** @throws CarpoolError CONFIG_INVALID */
export function checkCodec(codec: unknown): void {
  if (typeof codec === 'string') checkCodecName(codec);
  else if (!isCodec(codec)) {
    const parts = 'an object of `name`, `framing` with `frame` and `unframer`, and `format` with `encode` and `decode`';
    throw new CarpoolError('CONFIG_INVALID', `Cannot use this codec: a Codec is ${parts}`, {
      context: { path: 'codec' },
    });
  }
}

function isCodec(codec: unknown): codec is Codec {
  const { framing, format } = (codec ?? {}) as { readonly [Part in keyof Codec]?: Partial<Codec[Part]> };
  const methods: readonly unknown[] = [
    ...(typeof framing === 'object' ? [framing.frame, framing.unframer] : [undefined]),
    ...(typeof format === 'object' ? [format.encode, format.decode] : [undefined]),
  ];
  return methods.every((method) => typeof method === 'function');
}

function checkCodecName(codec: string): void {
  if (names.includes(codec)) return;
  const allowed = names.map((name) => JSON.stringify(name)).join(', ');
  throw new CarpoolError(
    'CONFIG_INVALID',
    `Cannot use codec ${JSON.stringify(codec)}: allowed are ${allowed} or a Codec object`,
    {
      context: { path: 'codec', found: codec },
    },
  );
}
