/** A value of `once` that is too large for a message, in a file of the host's private folder. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { CarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';

/** Bytes: what Node reads from a file, and writes by structured clone, with room to spare. */
const longestValue = 1024 * 1024 * 1024;

/**
 * @param to without `store` this host has no folder for it
 * @throws CarpoolError LEASE_INVALID if it is too large, or cannot be written
 */
export async function writeValue(
  { store: file, inline }: { readonly store: string | undefined; readonly inline: number },
  bytes: Uint8Array,
  key: string,
): Promise<void> {
  const size = bytes.length;
  if (file === undefined || size > longestValue) {
    const limit = file === undefined ? inline : longestValue;
    const why = `it has ${size} bytes, and ${limit} is the limit; write it to a file of your own, and pass on the path`;
    const context = { key, size, limit };
    throw new CarpoolError('LEASE_INVALID', `Cannot pass on the value ${JSON.stringify(key)}: ${why}`, { context });
  }
  try {
    await writeFile(file, bytes, { flag: 'wx', mode: 0o600 });
  } catch (thrown) {
    await rm(file, { force: true }).catch(() => {}); // it goes with the folder
    const text = `Cannot pass on the value ${JSON.stringify(key)}: ${messageOf(thrown)}`;
    throw new CarpoolError('LEASE_INVALID', text, { context: { key, size, file }, cause: thrown });
  }
}

/** Undefined: the file is not there any more. @throws CarpoolError LEASE_LOST if it cannot be read */
export async function readValue(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CarpoolError('LEASE_LOST', `Cannot read the value: ${messageOf(thrown)}`, {
      context: { file },
      cause: thrown,
    });
  }
}
