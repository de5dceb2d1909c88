/** A thrown value may be anything, and an `Error` of another realm is no `Error` of this one. */

/** What it says, for the end of a sentence. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
  if (typeof thrown === 'number' || typeof thrown === 'boolean') return String(thrown);
  return typeof thrown === 'string' ? thrown : `a thrown ${typeof thrown}`;
}
