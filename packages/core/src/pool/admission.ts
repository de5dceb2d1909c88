/**
 * Which calls have a slot, and which wait. Pure: no time of its own, no process, no promise.
 *
 * A pool has `children` children with `sessionsPerChild` slots each, and one queue, bounded for each run, first in, first
 * out within a run, and fair between runs. The child with the least load gets the next session (`rank` in
 * `child-slots.ts`). A slot belongs to an *epoch* of its child, one life of it: what is given back from an earlier epoch
 * changes nothing any more.
 *
 *   enter ──▶ granted ──release──▶ free          (the child confirmed)
 *     │           └─────quarantine─▶ lost until the next epoch of that child (it did not)
 *     └────▶ queued ──▶ granted, or leave
 */
import type { HolderLabel } from '../base/holder-label.ts';
import { FairQueue } from '../base/fair-queue.ts';
import type { ChildCap, StartWish } from './child-cap.ts';
import { ChildSlots } from './child-slots.ts';

export interface Slot {
  /** The number of the child, from 0. */
  readonly child: number;
  readonly epoch: number;
}

export interface Ticket {
  /** Of several on one machine. Default: there is one. */
  readonly run?: string | undefined;
  /** What waits, and since when by the clock of the pool: for those that look. */
  readonly holder?: HolderLabel | undefined;
  readonly since?: number | undefined;
  /** Called when the slot is there, synchronously from `enter`, `release`, `retired` or `gone`. */
  granted(slot: Slot): void;
}

export interface AdmissionLimits {
  readonly children: number;
  readonly sessionsPerChild: number;
  /** For each run. */
  readonly maxQueued: number;
}

export class Admission {
  readonly limits: AdmissionLimits;
  readonly #children: readonly ChildSlots[];
  readonly #queue = new FairQueue<Ticket>();
  #cap: ChildCap | undefined;
  #used = 0;
  #peak = 0;
  #turns = 0;
  /** It waits for its turn to start one more child. */
  #wished: StartWish | undefined;

  /** @param cap what bounds the children of several pools. Default: nothing */
  constructor(limits: AdmissionLimits, cap?: ChildCap) {
    this.limits = limits;
    this.#cap = cap;
    const { children, sessionsPerChild } = limits;
    this.#children = Array.from({ length: children }, (_, number) => new ChildSlots(number, sessionsPerChild));
  }

  /** Slots held in the present epochs of the children. */
  get used(): number {
    return this.#used;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** What waits, in the order of the turns. Not to be changed meanwhile. */
  get waiting(): Iterable<Ticket> {
    return this.#queue;
  }

  /** The most slots that were held at once. */
  get peak(): number {
    return this.#peak;
  }

  /** Slots that were given so far. */
  get turns(): number {
    return this.#turns;
  }

  /** From now on `peak` is the most of what follows. */
  forgetPeak(): void {
    this.#peak = this.#used;
  }

  get quarantined(): number {
    return this.#children.reduce((sum, child) => sum + child.quarantined, 0);
  }

  get free(): number {
    return this.#children.reduce((sum, child) => sum + child.free, 0);
  }

  /** Children that are not there yet, and have a session that waits for their start. */
  get promised(): number {
    return this.#children.filter(({ phase, used }) => phase === 'absent' && used > 0).length;
  }

  /** Why children get no sessions at the moment, for each of those. */
  get suspicions(): string[] {
    return this.#children.flatMap(({ suspicion }) => suspicion ?? []);
  }

  /** A call waits because no other child may start. */
  get isCapped(): boolean {
    return this.#wished !== undefined;
  }

  /** Slots that no session holds, and that are free when their child is gone. */
  get ending(): number {
    return this.#children.filter(({ phase, used, quarantined }) => phase === 'ending' && used + quarantined === 0)
      .length;
  }

  /** "full": its run waits as often as it may, and the ticket is not in the queue. */
  enter(ticket: Ticket, wait: boolean): 'granted' | 'queued' | 'full' {
    const child = this.#queue.size === 0 ? this.#next() : undefined;
    if (child !== undefined) {
      this.#grant(ticket, child);
      return 'granted';
    }
    if (!wait || this.#queue.sizeOf(ticket.run) >= this.limits.maxQueued) return 'full';
    this.#queue.add(ticket);
    this.#wish();
    return 'queued';
  }

  /** Gives up waiting. False: it was not waiting. */
  leave(ticket: Ticket): boolean {
    const left = this.#queue.delete(ticket);
    if (this.#queue.size === 0) this.#withdraw();
    return left;
  }

  /** The slot is free again. */
  release(slot: Slot): void {
    if (!this.#giveBack(slot)) return;
    this.#advance();
  }

  /**
   * What is left in the slot is not known: it is not used again in this epoch.
   * @returns how many slots this epoch of the child has lost; 0 if the slot is one of an earlier epoch
   */
  quarantine(slot: Slot): number {
    if (!this.#giveBack(slot)) return 0;
    const child = this.#at(slot.child);
    child.lose();
    return child.quarantined;
  }

  /** The child of this slot may be blocked: it gets no more sessions until `cleared`, or its next epoch. @param why half a sentence */
  suspect({ child, epoch }: Slot, why: string): void {
    this.#at(child).suspect(epoch, why);
  }

  /** The child of this slot answers. */
  cleared({ child, epoch }: Slot): void {
    if (this.#at(child).clear(epoch)) this.#advance();
  }

  /** A session may be opened in the slot: its child was not retired since. */
  isCurrent({ child, epoch }: Slot): boolean {
    const { epoch: current, phase } = this.#at(child);
    return epoch === current && phase !== 'ending';
  }

  /** The child of this slot gets no sessions at the moment: it may be blocked. */
  isSuspect({ child, epoch }: Slot): boolean {
    const { epoch: current, suspicion } = this.#at(child);
    return epoch === current && suspicion !== undefined;
  }

  /** Whether a new life of this child may begin, or has begun. */
  maySpawn(child: number): boolean {
    return this.#at(child).phase !== 'ending';
  }

  // ── what happens to a child ────────────────────────────────────────────────────────────────────────────────────

  starting(child: number): void {
    this.#at(child).enter('starting');
  }

  serving(child: number): void {
    this.#at(child).enter('serving');
  }

  /**
   * The child takes no more sessions. If children are shared, its successor does at once, beside the last sessions of this
   * one; if a child holds one session at a time, its successor waits until it is gone.
   */
  retired(child: number): void {
    if (this.limits.sessionsPerChild > 1) this.#renew(child);
    else this.#at(child).enter('ending');
  }

  /** A retired child has ended. */
  gone(child: number): void {
    if (this.#at(child).phase === 'ending') this.#renew(child);
  }

  /** All slots are free, and the queue advances: its pool is closed, so that no child starts for it. */
  renewAll(): void {
    this.#cap = undefined;
    for (const { number } of this.#children) this.#renew(number);
  }

  // ── inside ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #at(child: number): ChildSlots {
    return this.#children[child] as ChildSlots;
  }

  /** The child for the next session; `undefined` if none has a free slot. */
  #next(): ChildSlots | undefined {
    let best: ChildSlots | undefined;
    for (const child of this.#children) {
      if (child.free > 0 && (best === undefined || child.rank < best.rank) && this.#mayServe(child)) best = child;
    }
    return best;
  }

  #mayServe(child: ChildSlots): boolean {
    return this.#cap === undefined || !child.wouldStart || this.#cap.available;
  }

  /** Where one more child would serve those that wait. */
  #wish(): void {
    const { first } = this.#queue;
    if (this.#cap === undefined || this.#wished !== undefined || first === undefined) return;
    if (!this.#children.some(({ wouldStart }) => wouldStart)) return;
    const turn = (): void => {
      this.#wished = undefined;
      this.#advance();
    };
    this.#wished = { run: first.run, turn };
    this.#cap.wait(this.#wished);
  }

  #withdraw(): void {
    if (this.#wished !== undefined) this.#cap?.withdraw(this.#wished);
    this.#wished = undefined;
  }

  #giveBack({ child, epoch }: Slot): boolean {
    const at = this.#at(child);
    if (!at.giveBack(epoch)) return false;
    this.#used--;
    // It was to start for this session.
    if (at.wouldStart) this.#cap?.freed();
    return true;
  }

  #renew(child: number): void {
    this.#used -= this.#at(child).renew();
    this.#advance();
  }

  #advance(): void {
    while (this.#queue.size > 0) {
      const child = this.#next();
      if (child === undefined) {
        this.#wish();
        return;
      }
      this.#grant(this.#queue.shift() as Ticket, child);
    }
  }

  #grant(ticket: Ticket, child: ChildSlots): void {
    if (child.wouldStart) this.#cap?.started();
    this.#used++;
    this.#turns++;
    this.#peak = Math.max(this.#peak, this.#used);
    ticket.granted({ child: child.number, epoch: child.take() });
  }
}
