/** What the bodies of a session are written in between host and worker, where it is not the child's own format. */
import type { Codec, Format } from '../../codec/codec.ts';
import { json } from '../../codec/json.ts';
import { noMessages } from '../../codec/no-messages.ts';

/** Workers know two formats of children; that of any other codec is translated to what carries its values whole. */
export async function translationFor(codec: string | Codec): Promise<Format | undefined> {
  if (typeof codec === 'string' || codec.format === json || codec.format === noMessages) return undefined;
  const { msgpack } = await import('../../codec/msgpack.ts');
  if (codec.format === msgpack) return undefined;
  return (await import('../../wire/cloned-format.ts')).clonedFormat;
}
