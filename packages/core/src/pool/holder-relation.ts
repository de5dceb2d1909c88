/** What a holder of a slot is to the call that waits for one: another test, or the same, its file, its worker. */
import type { OpenOptions } from './registration.ts';

export interface Relation {
  /** As an error that the asker reads names it: "this test itself", "the file of this test". */
  readonly name: string;
  /** It is the asker itself, so that no waiting helps. */
  readonly isItself: boolean;
}

type Owned = Pick<OpenOptions, 'ownerPath' | 'run'>;

const levels = ['worker', 'file', 'test'] as const;

/** `undefined`: they have nothing in common, or it is not known, or a worker asks for itself. */
export function relationOf(holder: Owned, asker: Owned): Relation | undefined {
  const [own, of] = [holder.ownerPath, asker.ownerPath];
  // What a worker takes for itself is taken by code of many tests, and has a label.
  if (own === undefined || of === undefined || of.length < 2 || holder.run?.id !== asker.run?.id) return undefined;
  if (!own.every((part, at) => part === of[at])) return undefined;
  const reader = levelOf(of);
  if (own.length === of.length) return { name: `this ${reader} itself`, isItself: true };
  return { name: `the ${levelOf(own)} of this ${reader}`, isItself: false };
}

function levelOf({ length }: readonly string[]): string {
  return levels[length - 1] ?? 'test';
}
