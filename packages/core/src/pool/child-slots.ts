/** The slots on one child. Pure: the numbers of one child, for `admission.ts`, which decides between the children. */

/**
 *   absent ──▶ starting ──hello──▶ serving ──retired──▶ ending ──gone──▶ absent
 *
 * Only a child that holds one session at a time is `ending`: its successor starts when it is gone. A child that is shared
 * finishes its last sessions beside its successor, so for new sessions it is absent as soon as it is retired.
 */
export type ChildPhase = 'absent' | 'starting' | 'serving' | 'ending';

export class ChildSlots {
  readonly number: number;
  readonly capacity: number;
  #phase: ChildPhase = 'absent';
  #epoch = 0;
  #used = 0;
  #quarantined = 0;
  #suspicion: string | undefined;

  constructor(number: number, capacity: number) {
    this.number = number;
    this.capacity = capacity;
  }

  get phase(): ChildPhase {
    return this.#phase;
  }

  /** Which life of the child the slots of now belong to. */
  get epoch(): number {
    return this.#epoch;
  }

  get used(): number {
    return this.#used;
  }

  get quarantined(): number {
    return this.#quarantined;
  }

  /** Why no slot of it is free at the moment. */
  get suspicion(): string | undefined {
    return this.#suspicion;
  }

  get free(): number {
    return this.#phase === 'ending' || this.#suspicion !== undefined
      ? 0
      : this.capacity - this.#used - this.#quarantined;
  }

  /**
   * The child with the lowest rank gets the next session: the one with the least load, and of two alike the one that
   * serves. A session that joins a start waits for it, so a child that starts for another session comes after all that
   * serve.
   */
  get rank(): number {
    const load = this.#used + this.#quarantined;
    if (this.#phase === 'serving') return 3 * load;
    if (load > 0) return 3 * (this.capacity + load);
    return this.#phase === 'starting' ? 1 : 2;
  }

  /** A session in it would start it. */
  get wouldStart(): boolean {
    return this.#phase === 'absent' && this.#used === 0;
  }

  take(): number {
    this.#used++;
    return this.#epoch;
  }

  /** False: the slot is one of an earlier life, and nothing changes. */
  giveBack(epoch: number): boolean {
    if (epoch !== this.#epoch) return false;
    this.#used--;
    return true;
  }

  /** What is left in the slot is not known: it is not used again in this life. */
  lose(): void {
    this.#quarantined++;
  }

  /** No slot of this life is free until `clear`. */
  suspect(epoch: number, why: string): void {
    if (epoch === this.#epoch) this.#suspicion = why;
  }

  /** False: it is another life, or it was not suspect. */
  clear(epoch: number): boolean {
    if (epoch !== this.#epoch || this.#suspicion === undefined) return false;
    this.#suspicion = undefined;
    return true;
  }

  enter(phase: Exclude<ChildPhase, 'absent'>): void {
    this.#phase = phase;
  }

  /** The next life begins, with all slots free. Returns how many were held. */
  renew(): number {
    const held = this.#used;
    this.#epoch++;
    this.#used = 0;
    this.#quarantined = 0;
    this.#suspicion = undefined;
    this.#phase = 'absent';
    return held;
  }
}
