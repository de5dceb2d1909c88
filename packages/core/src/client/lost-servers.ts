/** Servers that ended while an owner had a session of them: no call of it fails with that, so its end does. */
import type { CarpoolError } from '../base/errors.ts';
import { joinedDiagnostics } from '../session/diagnostics.ts';
import { isUnder, type OwnerPath } from '../wire/owner-path.ts';

export class LostServers {
  #lost: { readonly under: OwnerPath; readonly error: CarpoolError }[] = [];

  add(under: OwnerPath, error: CarpoolError): void {
    this.#lost.push({ under, error });
  }

  /** The failure of those that were an owner's. */
  take(owner: OwnerPath): CarpoolError | undefined {
    if (this.#lost.length === 0) return undefined;
    const own = this.#lost.filter(({ under }) => isUnder(under, owner));
    this.#lost = this.#lost.filter((lost) => !own.includes(lost));
    return joinedDiagnostics(own.map(({ error }) => error));
  }
}
