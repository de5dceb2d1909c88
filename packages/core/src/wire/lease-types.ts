/** What tests hold of locks and semaphores, and how a config declares it. */
import type { Fence } from '../reach/types.ts';

/** Something that a test holds. It ends by `release()`, by `using`, or with its owner: the test, the file or the worker. */
export interface Lease extends Disposable, AsyncDisposable {
  /** The name of the lock, the semaphore, the space. */
  readonly name: string;
  /** False once it is released, its owner has ended, or the host is gone. */
  readonly held: boolean;
  /**
   * Aborted, with LEASE_LOST as the reason, when it ends although nothing here has ended it: the host that kept it is gone,
   * and others may have the same now. If a test never asks for this signal, the loss of what it held in the scope `machine`
   * or `reach` fails it at its end.
   */
  readonly lost: AbortSignal;
  /**
   * Of the scope `reach`: rises with each new holder of the name. What the lease protects can refuse a holder with a lower
   * revision than it has seen: that one has lost the lease, and does not know it yet. Otherwise undefined.
   */
  readonly fence?: Fence | undefined;
  /** Releases it. Does nothing if it is over. Takes no time, so that `using` can do it. */
  release(): void;
}

/** Permits of a semaphore. */
export interface Permits extends Lease {
  /** How many are still held. */
  readonly weight: number;
  /**
   * Releases all of them, or `amount`. Does nothing if it is over.
   * @throws CarpoolError LEASE_INVALID if `amount` is not a whole number from 1 to `weight`
   */
  release(amount?: number): void;
}

/** The options of a declared lock. */
export interface LockDeclarationOptions {
  /** Milliseconds that a test waits for it, outside of its own time. Default 60,000. */
  readonly timeout?: number;
  /** Which tests share it, as `SharedScope` says. Default: `run`. */
  readonly scope?: SharedScope;
}

/**
 * Which tests share something: those of one run on its host, those of all runs of a user on a machine, or those of all hosts
 * of a run on several machines, by what the config has as `reach`.
 */
export type SharedScope = 'run' | 'machine' | 'reach';

/**
 * What a fixture takes before the time of its test starts, and gives back after the test: a lock of the name of the fixture,
 * or of another name; a reader-writer lock, to read or to write; `weight` permits, by default one, of a semaphore of this
 * size.
 */
export type LockDeclaration =
  | 'lock'
  | ({ readonly lock: string } & LockDeclarationOptions)
  | ({ readonly read: string } & LockDeclarationOptions)
  | ({ readonly write: string } & LockDeclarationOptions)
  | ({ readonly semaphore: number; readonly name?: string; readonly weight?: number } & LockDeclarationOptions);

/** Declared locks by the names of their fixtures. */
export type LockDeclarations = Readonly<Record<string, LockDeclaration>>;

/** How many there are of a reader-writer lock: a reader takes 1, a writer all. */
export const rwlockSize: number = 2 ** 30;
