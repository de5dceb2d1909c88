/**
 * The renderer's hash of the pixels, inside the PNG file: a picture that has not changed is known without decoding one.
 *
 * It stands in a text chunk, with the checksums of the chunks that hold the pixels. An editor may keep the text and change
 * the pixels; their checksums then differ, the text counts for nothing, and the file is decoded.
 */
const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const keyword = 'rgba-sha256';

interface Chunk {
  readonly type: string;
  readonly content: Buffer;
  readonly checksum: string;
}

/** The hash of the pixels, as `withPixelHash` has written it; undefined if there is none that still counts. */
export function pixelHash(png: Buffer): string | undefined {
  const chunks = [...chunksOf(png)];
  const text = chunks.find(({ type, content }) => type === 'tEXt' && content.indexOf(`${keyword}\0`) === 0);
  if (text === undefined) return undefined;
  const [hash, checksums] = text.content
    .toString('latin1')
    .slice(keyword.length + 1)
    .split(' ');
  return checksums === pixelChecksums(chunks) ? hash : undefined;
}

/** The content of the text chunk for a file that has none yet. */
export function pixelHashText(png: Buffer, hash: string): string {
  return `${keyword}\0${hash} ${pixelChecksums([...chunksOf(png)])}`;
}

function pixelChecksums(chunks: readonly Chunk[]): string {
  return chunks
    .filter(({ type }) => type === 'IDAT')
    .map(({ checksum }) => checksum)
    .join('-');
}

/** Up to the first that is not whole. Nothing, if it is no PNG file. */
function* chunksOf(png: Buffer): Iterable<Chunk> {
  if (!png.subarray(0, signature.length).equals(signature)) return;
  let at = signature.length;
  while (at + 12 <= png.length) {
    const end = at + 8 + png.readUInt32BE(at);
    if (end + 4 > png.length) return;
    yield {
      type: png.toString('latin1', at + 4, at + 8),
      content: png.subarray(at + 8, end),
      checksum: png.toString('hex', end, end + 4),
    };
    at = end + 4;
  }
}
