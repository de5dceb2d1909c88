/** Locks that the config declares: in which order they are taken, and what their fixtures give. */
import { callSite, errorAt, isCarpoolError } from '../base/errors.ts';
import type { LockDeclaration, LockDeclarations, Permits } from '../wire/lease-types.ts';
import type { HeldLease } from './held-lease.ts';

/** The fixtures of `wanted`, in the order in which all tests take them, so that they do not wait for each other. */
export function lockOrder(locks: LockDeclarations, wanted: (fixture: string) => boolean): string[] {
  return Object.entries(locks)
    .filter(([fixture]) => wanted(fixture))
    .map(([fixture, declared]) => ({ fixture, name: lockName(fixture, declared) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.fixture < b.fixture ? -1 : 1))
    .map(({ fixture }) => fixture);
}

/** The name that all tests of the run share. */
export function lockName(fixture: string, declared: LockDeclaration): string {
  if (declared === 'lock') return fixture;
  if ('lock' in declared) return declared.lock;
  if ('read' in declared) return declared.read;
  if ('write' in declared) return declared.write;
  return declared.name ?? fixture;
}

/** What the fixture gives. */
export function declaredLease(fixture: string, declared: LockDeclaration, held: HeldLease): Permits {
  return new DeclaredLease(lockName(fixture, declared), held);
}

class DeclaredLease implements Permits {
  readonly name: string;
  readonly #held: HeldLease;

  constructor(name: string, held: HeldLease) {
    this.name = name;
    this.#held = held;
  }

  get held(): boolean {
    return this.weight > 0;
  }

  get weight(): number {
    return this.#held.weight;
  }

  release(amount?: number): void {
    try {
      this.#held.release(amount);
    } catch (thrown) {
      throw isCarpoolError(thrown) ? errorAt(thrown, callSite(this.release)) : thrown;
    }
  }

  [Symbol.dispose](): void {
    this.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
  }
}
