/** A thrown value may be anything, and an `Error` of another realm is no `Error` of this one. */

/** What it says, for the end of a sentence. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
  if (typeof thrown === 'number' || typeof thrown === 'boolean') return String(thrown);
  return typeof thrown === 'string' ? thrown : `a thrown ${typeof thrown}`;
}

/**
 * Why the system has not read or written a file, for a sentence that names it already; else, and where it was another
 * file, what the value says.
 * @param thrown such as "EACCES: permission denied, open '/a'"
 * @param named the path that the sentence has: '/a'
 * @returns such as "EACCES: permission denied"
 */
export function fileFault(thrown: unknown, named: string): string {
  const said = messageOf(thrown);
  if (typeof thrown !== 'object' || thrown === null || !('syscall' in thrown) || !('code' in thrown)) return said;
  // What reads an open file names none.
  if ('path' in thrown && thrown.path !== named) return said;
  if (thrown.code === 'ENOENT') return 'there is no such file';
  const call = said.lastIndexOf(`, ${String(thrown.syscall)}`);
  return call < 0 ? said : said.slice(0, call);
}
