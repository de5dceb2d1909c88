/** The records of the ledger: names, their leases and their waiters. */
import type { FairQueue } from '../base/fair-queue.ts';
import type { HolderLabel } from '../base/holder-label.ts';

/** `once` is a lock whose holder computes a value. */
export type Kind = 'lock' | 'rwlock' | 'semaphore' | 'once';

/** A reader takes 1, a writer all of it. */
export const rwlockCapacity: number = 2 ** 30;

/** The holder, as the errors of others name it. */
export interface LeaseHolder extends HolderLabel {
  /** `file:line:column` of the call; it may arrive later than the lease. */
  takenAt?: string | undefined;
}

export interface LeaseRequest {
  /** Of several on one machine. Default: there is one. */
  readonly run?: string | undefined;
  readonly name: string;
  readonly kind: Kind;
  /** How many there are of it: the same in every request for the name. */
  readonly size: number;
  readonly weight: number;
  /** The owner whose end ends the lease: a key made by `ownerKey`. */
  readonly owner: string;
  /** The owner that cannot go on while this waits: `owner`, or one inside it. Default `owner`. */
  readonly blocked?: string | undefined;
  readonly holder: LeaseHolder;
  /** Leases that the call chain holds which makes the request: it releases none of them while this waits. */
  readonly chain?: readonly Lease[] | undefined;
  /**
   * The lease is released at the end of its owner, as far as is known. So a wait keeps it that is made inside of the owner:
   * `inside`: by an owner inside of it; `itself`: also by the owner itself.
   */
  readonly lasts?: 'inside' | 'itself' | undefined;
  /** False: it may wait in a cycle. Default true. */
  readonly detectDeadlock?: boolean | undefined;
  /** What limits its wait, where that is not an option of the call. */
  readonly limit?: WaitLimit | undefined;
}

/** The rest of the time of its test or hook, or a `timeout` in the config. */
export type WaitLimit = 'test' | 'config';

/** One name. Its kind and size stay the same until it is forgotten. */
export interface Resource {
  readonly name: string;
  readonly kind: Kind;
  readonly size: number;
  /** The first holder, and its run. */
  readonly holder: LeaseHolder;
  readonly run: string | undefined;
  used: number;
  readonly leases: Set<Lease>;
  /** Fair between runs; first in, first out within one. */
  readonly queue: FairQueue<Lease>;
}

/** From the request to its end. */
export interface Lease {
  readonly run: string | undefined;
  readonly request: LeaseRequest;
  readonly resource: Resource;
  /** Called when its turn comes, synchronously by what made room for it. Not if it was free at once. */
  readonly granted: (lease: Lease) => void;
  state: 'waiting' | 'held' | 'over';
  /** How much is held, or wanted. */
  weight: number;
  /** When it was granted, by the clock of the host; while it waits, when that began. */
  since: number;
  /** While it waits: leases that are not released meanwhile. */
  keeps: readonly Lease[];
  /** While it is held: waits that keep it. */
  readonly keptBy: Set<Lease>;
}

const separator = '\0';

/** An owner's path, from the outside in, as a key: that of an owner inside another begins with the key of that one. */
export function ownerKey(path: readonly string[]): string {
  return path.join(separator);
}

/** True for an owner itself, and for those inside it. */
export function isWithin(key: string, outer: string): boolean {
  return key === outer || (key.startsWith(outer) && key[outer.length] === separator);
}

/** From the outermost owner to this one. */
export function* selfAndAncestors(key: string): Generator<string> {
  for (let at = key.indexOf(separator); at >= 0; at = key.indexOf(separator, at + 1)) yield key.slice(0, at);
  yield key;
}

export function blockedOwner({ owner, blocked }: LeaseRequest): string {
  return blocked ?? owner;
}

/** What a test reads of a holder: not its run, where that is its own. */
export function seenBy(reader: { readonly run?: string | undefined }, of: Lease | Resource): LeaseHolder {
  const holder = 'request' in of ? of.request.holder : of.holder;
  return of.run === reader.run ? { ...holder, run: undefined } : holder;
}
