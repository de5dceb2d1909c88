/**
 * The digest of what a file holds. A command may have 100 MB, such as Node itself, and all pools of a config have it: it is
 * read once as long as it is the same file, and piece by piece, so that a host answers meanwhile.
 */
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

interface Known {
  /** When it was last changed, in nanoseconds, by whatever: what copies a file may keep its `mtime`, and not this. */
  readonly changed: bigint;
  readonly inode: bigint;
  readonly size: bigint;
  readonly digest: Promise<string>;
}

const mostKnown = 1_000;
const known = new Map<string, Known>();

/** SHA-256, in hexadecimal digits. @throws Error of the system; rejects with it where the file cannot be read */
export function fileDigest(file: string): Promise<string> {
  const { ctimeNs: changed, ino: inode, size } = statSync(file, { bigint: true });
  const last = known.get(file);
  if (last?.changed === changed && last.inode === inode && last.size === size) return last.digest;
  const digest = read(file);
  known.delete(file);
  known.set(file, { changed, inode, size, digest });
  const [oldest] = known.keys();
  if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
  digest.catch(() => {
    if (known.get(file)?.digest === digest) known.delete(file);
  });
  return digest;
}

async function read(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
