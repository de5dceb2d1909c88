/** Locks that the config declares: in which order they are taken, and what their fixtures give. */
import { callSite, errorAt, isCarpoolError } from '../base/errors.ts';
import type { Fence } from '../reach/types.ts';
import type { LockDeclaration, LockDeclarations, Permits } from '../wire/lease-types.ts';
import { signalOfLoss, type HeldLease } from './held-lease.ts';

/** The fixtures of `wanted`, in the order in which all tests take them, so that they do not wait for each other. */
export function lockOrder(locks: LockDeclarations, wanted: (fixture: string) => boolean): string[] {
  return Object.entries(locks)
    .filter(([fixture]) => wanted(fixture))
    .map(([fixture, declared]) => ({ fixture, keys: [placeOf(declared), lockName(fixture, declared), fixture] }))
    .toSorted((a, b) => {
      const at = a.keys.findIndex((key, place) => key !== b.keys[place]);
      return at < 0 ? 0 : (a.keys[at] ?? '') < (b.keys[at] ?? '') ? -1 : 1;
    })
    .map(({ fixture }) => fixture);
}

/** Those of the machine come later, those of all hosts last: others need not wait while a test waits for its own run. */
function placeOf(declared: LockDeclaration): string {
  return isOfReach(declared) ? '3' : isOfMachine(declared) ? '2' : '1';
}

/** All hosts of the run share it. */
export function isOfReach(declared: LockDeclaration): boolean {
  return declared !== 'lock' && declared.scope === 'reach';
}

/** All runs of the machine share it. */
export function isOfMachine(declared: LockDeclaration): boolean {
  return declared !== 'lock' && declared.scope === 'machine';
}

/** The name that those share who wait for it. */
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
  #lost: AbortSignal | undefined;

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

  get fence(): Fence | undefined {
    return this.#held.fence;
  }

  get lost(): AbortSignal {
    return (this.#lost ??= signalOfLoss(this.#held));
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
