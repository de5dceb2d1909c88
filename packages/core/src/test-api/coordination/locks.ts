/** Locks, reader-writer locks and semaphores, by name, for all tests of a run, or of all runs on a machine. */
import { rwlockCapacity, type Kind } from '../../ledger/lease.ts';
import type { HeldLease } from '../../client/held-lease.ts';
import {
  leaseOptionNames,
  makeCall,
  waitOptionNames,
  waitOptions,
  type Above,
  type LeaseOptions,
  type ScopeOptions,
  type Shared,
  type SharedOptions,
} from './lease-call.ts';
import { OwnLease, OwnPermits, type Lease, type Permits } from './lease.ts';

/** A lock with one holder at a time. All tests of a run that use its name share it. */
export interface Lock {
  /** The name given to `lock`. */
  readonly name: string;
  /** Waits for its turn, first come, first served. @throws CarpoolError LEASE_TIMEOUT, LEASE_DEADLOCK, LEASE_INVALID, LEASE_LOST, HUB_LOST */
  acquire(options?: LeaseOptions): Promise<Lease>;
  /** Does not wait. @throws CarpoolError LEASE_TAKEN, which names the holder */
  acquireNow(options?: ScopeOptions): Promise<Lease>;
}

/** A lock with many readers or one writer at a time. All tests of a run that use its name share it. */
export interface ReaderWriterLock {
  /** The name given to `rwlock`. */
  readonly name: string;
  /**
   * Any number may read at once. A reader that comes after a writer waits for it.
   * @throws CarpoolError as `Lock.acquire`
   */
  acquireRead(options?: LeaseOptions): Promise<Lease>;
  /** One writer at a time, and no reader meanwhile. @throws CarpoolError as `Lock.acquire` */
  acquireWrite(options?: LeaseOptions): Promise<Lease>;
  /** Does not wait, and does not overtake the queue. @throws CarpoolError LEASE_TAKEN */
  acquireReadNow(options?: ScopeOptions): Promise<Lease>;
  /** Does not wait. @throws CarpoolError LEASE_TAKEN */
  acquireWriteNow(options?: ScopeOptions): Promise<Lease>;
}

/** `size` permits. All tests of a run that use its name share them, and must give the same size. */
export interface Semaphore {
  /** The name given to `semaphore`. */
  readonly name: string;
  /** How many permits there are. */
  readonly size: number;
  /**
   * Waits for `weight` permits, 1 by default. First come, first served: small weights do not overtake a large one.
   * @throws CarpoolError as `Lock.acquire`; LEASE_INVALID if `weight` is not a whole number from 1 to `size`
   */
  acquire(weight?: number, options?: LeaseOptions): Promise<Permits>;
  /** Does not wait: it overtakes the queue if enough is free. @throws CarpoolError LEASE_TAKEN */
  acquireNow(weight?: number, options?: ScopeOptions): Promise<Permits>;
}

/**
 * A lock with one holder at a time.
 * @example using held = await lock('db').acquire();
 * @example using held = await lock('emulator', { scope: 'machine' }).acquire(); // also for the tests of other runs
 */
export function lock(name: string, options: SharedOptions = {}): Lock {
  const what = { name, kind: 'lock', size: 1, weight: 1, shared: { by: 'lock', given: options } } as const;
  const lease = (held: HeldLease): Lease => new OwnLease(name, held);
  const own: Lock = {
    name,
    acquire: (options = {}) => waiting(own.acquire, what, options, lease),
    acquireNow: (options = {}) => atOnce(own.acquireNow, what, options, lease),
  };
  return own;
}

/** A lock with many readers or one writer. */
export function rwlock(name: string, options: SharedOptions = {}): ReaderWriterLock {
  const reading = {
    name,
    kind: 'rwlock',
    size: rwlockCapacity,
    weight: 1,
    shared: { by: 'rwlock', given: options },
  } as const;
  const writing = { ...reading, weight: rwlockCapacity };
  const lease = (held: HeldLease): Lease => new OwnLease(name, held);
  const own: ReaderWriterLock = {
    name,
    acquireRead: (options = {}) => waiting(own.acquireRead, reading, options, lease),
    acquireWrite: (options = {}) => waiting(own.acquireWrite, writing, options, lease),
    acquireReadNow: (options = {}) => atOnce(own.acquireReadNow, reading, options, lease),
    acquireWriteNow: (options = {}) => atOnce(own.acquireWriteNow, writing, options, lease),
  };
  return own;
}

/** `size` permits, of which each lease holds one or more. All calls with the name must give the same size. */
export function semaphore(name: string, size: number, options: SharedOptions = {}): Semaphore {
  const what = { name, kind: 'semaphore', size, shared: { by: 'semaphore', given: options } } as const;
  const permits = (held: HeldLease): Permits => new OwnPermits(name, held);
  const own: Semaphore = {
    name,
    size,
    acquire: (weight = 1, options = {}) => waiting(own.acquire, { ...what, weight }, options, permits),
    acquireNow: (weight = 1, options = {}) => atOnce(own.acquireNow, { ...what, weight }, options, permits),
  };
  return own;
}

const namesOf = {
  waiting: leaseOptionNames(...waitOptionNames),
  atOnce: leaseOptionNames(),
};

interface What {
  readonly name: string;
  readonly kind: Exclude<Kind, 'once'>;
  readonly size: number;
  readonly weight: number;
  readonly shared: Shared;
}

function waiting<T>(
  above: Above,
  { shared, ...what }: What,
  options: LeaseOptions,
  as: (held: HeldLease) => T,
): Promise<T> {
  const { scope, signal } = options;
  const label = { scope, shared, signal, given: options, names: namesOf.waiting, what: () => describe(what) };
  return makeCall(above, label, async ({ leases, caller, granted, fail }) => {
    try {
      const wait = waitOptions(options);
      const limit = wait.timeout === options.timeout ? undefined : 'test';
      const held = await leases.acquire({ ...what, ...wait, limit }, caller, signal);
      granted(held);
      return as(held);
    } catch (thrown) {
      throw fail(thrown);
    }
  });
}

function atOnce<T>(
  above: Above,
  { shared, ...what }: What,
  given: ScopeOptions,
  as: (held: HeldLease) => T,
): Promise<T> {
  const label = { scope: given.scope, shared, given, names: namesOf.atOnce, what: () => describe(what) };
  return makeCall(above, label, async ({ leases, caller, granted, fail }) => {
    try {
      const held = await leases.acquire({ ...what, wait: false }, caller);
      granted(held);
      return as(held);
    } catch (thrown) {
      throw fail(thrown);
    }
  });
}

function describe({ kind, name }: Pick<What, 'kind' | 'name'>): string {
  return `${kind === 'semaphore' ? 'permits of semaphore' : 'lock'} ${JSON.stringify(name)}`;
}
