/** Locks in a config, and the types that follow from them. */
import type { Lease, LockDeclarations, Permits } from '../wire/lease-types.ts';

/** The part of a config that has the locks. */
export interface LocksConfig {
  /** Locks by name; each name is a fixture of tests, which holds the lock during the test. */
  readonly locks?: LockDeclarations;
}

/** The names of a config's locks. */
export type LockNames<C> = C extends { readonly locks: infer L } ? keyof L & string : never;

/** What the fixture of a lock gives. */
export type LeaseOf<C, Name extends LockNames<C>> = C extends { readonly locks: infer L }
  ? Name extends keyof L
    ? L[Name] extends { readonly semaphore: number }
      ? Permits
      : Lease
    : never
  : never;
