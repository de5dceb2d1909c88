/**
 * The digest of what a file holds. A command may have 100 MB, such as Node itself, and all pools of a config have it: it is
 * read once as long as it is the same file, and piece by piece, so that a host answers meanwhile.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { sameFingerprint, type Fingerprint } from '../process/files.ts';

interface Known {
  readonly print: Fingerprint;
  readonly digest: Promise<string>;
}

const mostKnown = 1_000;
const known = new Map<string, Known>();

/** @param print of the file, now. Rejects where it cannot be read */
export function fileDigest(file: string, print: Fingerprint): Promise<string> {
  const last = known.get(file);
  if (last !== undefined && sameFingerprint(last.print, print)) return last.digest;
  const digest = read(file);
  known.delete(file);
  known.set(file, { print, digest });
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
