/** What names a holder in the errors of others is kept for as long as the session. A worker may have sent anything. */
import type { HolderLabel } from '../../base/holder-label.ts';
import type { OwnerPath } from '../../wire/owner-path.ts';

/** Characters of what names a holder, and of the stack of its call. */
const longestLabel = 1_000;

export function labelIn(holder: Partial<Record<keyof HolderLabel, unknown>> | undefined): HolderLabel {
  return { test: textIn(holder?.test, longestLabel), file: textIn(holder?.file, longestLabel) };
}

export function textIn(value: unknown, longest: number): string | undefined {
  return typeof value === 'string' ? value.slice(0, longest) : undefined;
}

/** Whose key an `owner` is: the file's, in which tests may share one, or with "test" that of the one test. */
export function scopeOf(owner: string | undefined, peer: number, under: OwnerPath): string | undefined {
  if (owner === undefined) return undefined;
  return JSON.stringify([peer, ...(owner === 'test' ? under : under.slice(0, 1))]);
}
