/** Children that get no sessions at the moment, because they may be blocked, and what that has cost. */
import type { Clock } from '../base/clock.ts';
import type { Admission, Slot } from './admission.ts';
import type { Generation } from './generation.ts';
import { HoldAllowance } from './hold-allowance.ts';
import type { PoolSettings } from './options.ts';

export interface HeldChildrenOptions {
  readonly settings: PoolSettings;
  readonly clock: Clock;
  readonly admission: Admission;
}

export class HeldChildren {
  readonly #options: HeldChildrenOptions;
  readonly #allowance = new HoldAllowance();
  /** Since when. */
  readonly #since = new Map<Generation, number>();

  constructor(options: HeldChildrenOptions) {
    this.#options = options;
  }

  /** False: to hold servers back that are well has cost too much. Any other child says something as soon as it can. */
  get mayHold(): boolean {
    const { settings, clock } = this.#options;
    return settings.server === undefined || this.#allowance.isLeft(clock.now());
  }

  /** @param slot of a session on it @param why half a sentence; `undefined`: it serves */
  set(generation: Generation, slot: Slot, why: string | undefined): void {
    const { admission } = this.#options;
    generation.liveness.suspected(why);
    if (why === undefined) admission.cleared(slot);
    else admission.suspect(slot, why);
    this.#count(generation, admission.isSuspect(slot));
  }

  /** It was blocked: what it has cost to hold it back was worth it. */
  wasBlocked(generation: Generation): void {
    this.#allowance.restore();
    this.#since.delete(generation);
  }

  #count(generation: Generation, isHeld: boolean): void {
    const { settings, clock } = this.#options;
    const now = clock.now();
    const since = this.#since.get(generation);
    if (isHeld && since === undefined) this.#since.set(generation, now);
    if (isHeld || since === undefined) return;
    this.#since.delete(generation);
    // The others serve meanwhile.
    this.#allowance.spend((now - since) / settings.children, now);
  }
}
