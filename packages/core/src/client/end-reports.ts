/** What is known only when an owner ends, and what its end reports: no call of it fails with that. */
import type { CarpoolError } from '../base/errors.ts';
import { joinedDiagnostics } from '../session/diagnostics.ts';
import { isUnder, type OwnerPath } from '../wire/owner-path.ts';

export class EndReports {
  /** Owners of which the host says what children found wrong. */
  readonly #diagnosed = new Set<OwnerPath>();
  /** Servers that ended while an owner had a session of them. */
  #lost: { readonly under: OwnerPath; readonly error: CarpoolError }[] = [];

  diagnose(under: OwnerPath): void {
    this.#diagnosed.add(under);
  }

  lose(under: OwnerPath, error: CarpoolError): void {
    this.#lost.push({ under, error });
  }

  /** The host has something to say. */
  areDue(owner: OwnerPath): boolean {
    return [...this.#diagnosed].some((under) => isUnder(under, owner));
  }

  /** The owner ends. @returns the failure of the servers that were its own */
  take(owner: OwnerPath): CarpoolError | undefined {
    for (const under of this.#diagnosed) if (isUnder(under, owner)) this.#diagnosed.delete(under);
    if (this.#lost.length === 0) return undefined;
    const own = this.#lost.filter(({ under }) => isUnder(under, owner));
    this.#lost = this.#lost.filter((lost) => !own.includes(lost));
    return joinedDiagnostics(own.map(({ error }) => error));
  }
}
