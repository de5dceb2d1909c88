/** Locks that the config declares: taken for a test before its time starts, held until it has ended. */
import { rwlockCapacity, type Kind } from '../../ledger/lease.ts';
import type { HeldLease } from '../../client/held-lease.ts';
import type { OwnerLeases } from '../../client/owner-leases.ts';
import type { LockDeclaration, LockDeclarations } from '../../wire/lease-types.ts';

interface What {
  readonly name: string;
  readonly kind: Exclude<Kind, 'once'>;
  readonly size: number;
  readonly weight: number;
  readonly timeout?: number | undefined;
}

/** The fixtures of `wanted`, in the order in which all tests take them, so that they do not wait for each other. */
export function lockOrder(locks: LockDeclarations, wanted: (fixture: string) => boolean): string[] {
  const names = Object.entries(locks).filter(([fixture]) => wanted(fixture));
  return names
    .map(([fixture, declared]) => ({ fixture, name: whatOf(fixture, declared).name }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.fixture < b.fixture ? -1 : 1))
    .map(({ fixture }) => fixture);
}

/**
 * Takes what a fixture stands for.
 * @param leases of the test
 * @throws CarpoolError as `lock(name).acquire`
 */
export function takeDeclared(
  leases: OwnerLeases,
  fixture: string,
  declared: LockDeclaration,
  signal?: AbortSignal,
): Promise<HeldLease> {
  return leases.fixture(fixture, () => leases.acquire(whatOf(fixture, declared), { lasts: 'itself' }, signal));
}

function whatOf(fixture: string, declared: LockDeclaration): What {
  if (declared === 'lock') return { name: fixture, kind: 'lock', size: 1, weight: 1 };
  const { timeout } = declared;
  if ('lock' in declared) return { name: declared.lock, kind: 'lock', size: 1, weight: 1, timeout };
  if ('read' in declared) return { name: declared.read, kind: 'rwlock', size: rwlockCapacity, weight: 1, timeout };
  if ('write' in declared) {
    return { name: declared.write, kind: 'rwlock', size: rwlockCapacity, weight: rwlockCapacity, timeout };
  }
  const { semaphore, name = fixture, weight = 1 } = declared;
  return { name, kind: 'semaphore', size: semaphore, weight, timeout };
}
