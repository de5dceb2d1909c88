/** Names of golden files: they are paths below a folder, on every platform. */

/** Where the pictures of failures are, below the folder of the golden files. */
export const failuresFolder = 'failed';

/** Room for the rest of the path, and for what is added to the name. */
const longest = 150;
/** Windows takes them for devices, whatever follows the dot. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const segment = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M} _.,;+=@#()[\]-]*$/u;

/** Why a name cannot be used; undefined if it can. */
export function problemOfName(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'it is no string';
  if (name === '') return 'it is empty';
  if (name.length > longest) return `it has ${name.length} characters, and may have ${longest}`;
  const segments = name.split('/');
  if (segments[0] === failuresFolder) return `the folder "${failuresFolder}" is for the files of failures`;
  for (const part of segments) {
    if (part === '') return 'a folder in it is empty';
    if (part === '.' || part === '..') return `"${part}" leads out of its folder`;
    if (!segment.test(part)) return `"${part}" has a character, or begins with one, that not every file system takes`;
    if (/[. ]$/.test(part)) return `"${part}" ends with a dot or a space`;
    if (device.test(part)) return `"${part}" is a device on Windows`;
  }
  return undefined;
}
