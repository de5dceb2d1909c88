/** What the ledger writes down: names, what is held of them, and who waits. */
import type { HolderLabel } from '../base/holders.ts';

/** `once` is a lock whose holder computes a value. */
export type Kind = 'lock' | 'rwlock' | 'semaphore' | 'once';

/** So many may read at once; whoever writes takes all of it. */
export const rwlockCapacity: number = 2 ** 30;

/** Who took it, for the errors of others. */
export interface LeaseHolder extends HolderLabel {
  /** `file:line:column` of the call; it may be told later. */
  takenAt?: string;
}

export interface LeaseRequest {
  readonly name: string;
  readonly kind: Kind;
  /** How many there are of it. The same for all who use the name. */
  readonly size: number;
  readonly weight: number;
  /** Whose end ends the lease: a key made by `ownerKey`. */
  readonly owner: string;
  /** Who cannot go on while this waits; the owner or somebody inside it. Default: the owner. */
  readonly blocked?: string;
  readonly holder: LeaseHolder;
  /** False: may wait in a circle. Default true. */
  readonly detectDeadlock?: boolean;
}

/** One name: its kind and size stay as they are until nobody remembers it. */
export interface Resource {
  readonly name: string;
  readonly kind: Kind;
  readonly size: number;
  /** Of the first who used it. */
  readonly holder: LeaseHolder;
  used: number;
  readonly leases: Set<Lease>;
  /** First in, first out. */
  readonly queue: Set<Lease>;
}

/** From the wish to its end. */
export interface Lease {
  readonly request: LeaseRequest;
  readonly resource: Resource;
  /** Called when it is there, unless it was at once. Synchronously from whatever made room for it. */
  readonly granted: (lease: Lease) => void;
  state: 'waiting' | 'held' | 'over';
  /** What is held of it, or wanted. */
  weight: number;
  /** When it was granted, in the time of whoever keeps it. */
  since: number;
}

const separator = '\0';

/** Owners are paths, from the outside in; as a key, so that an owner inside another begins with it. */
export function ownerKey(path: readonly string[]): string {
  return path.join(separator);
}

/** True for an owner itself, and for those inside it. */
export function isWithin(key: string, outer: string): boolean {
  return key === outer || (key.startsWith(outer) && key[outer.length] === separator);
}

/** The owner and those around it. */
export function* around(key: string): Generator<string> {
  for (let at = key.indexOf(separator); at >= 0; at = key.indexOf(separator, at + 1)) yield key.slice(0, at);
  yield key;
}

export function blockedOwner({ owner, blocked }: LeaseRequest): string {
  return blocked ?? owner;
}

/** Whoever waits may be the one to release it. */
export function isOwn({ request }: Lease, wait: Lease): boolean {
  const blocked = blockedOwner(wait.request);
  return isWithin(blocked, request.owner) || isWithin(request.owner, blocked);
}
