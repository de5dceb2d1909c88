/**
 * Which calls have a slot, and which wait. Pure: no time of its own, no child, no promise.
 *
 * Slots belong to an *epoch*, one life of the child: `renew` begins the next one with all slots free, and what is given
 * back from an earlier epoch changes nothing any more. The queue is first in, first out, and bounded.
 *
 *   enter ──▶ granted ──release──▶ free          (the child confirmed)
 *     │           └─────quarantine─▶ lost until the next epoch (it did not)
 *     └────▶ queued ──▶ granted, or leave
 */
export interface Slot {
  readonly epoch: number;
}

export interface Ticket {
  /** Called when the slot is there, synchronously from `enter`, `release` or `renew`. */
  granted(slot: Slot): void;
}

export class Admission {
  readonly capacity: number;
  readonly maxQueued: number;
  readonly #queue = new Set<Ticket>();
  #epoch = 0;
  #used = 0;
  #quarantined = 0;
  #peak = 0;

  constructor(capacity: number, maxQueued: number) {
    this.capacity = capacity;
    this.maxQueued = maxQueued;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Slots held in this epoch. */
  get used(): number {
    return this.#used;
  }

  get quarantined(): number {
    return this.#quarantined;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** The most slots that were held at once. */
  get peak(): number {
    return this.#peak;
  }

  get free(): number {
    return this.capacity - this.#used - this.#quarantined;
  }

  /** "full": the queue is, and the ticket is not in it. */
  enter(ticket: Ticket, wait: boolean): 'granted' | 'queued' | 'full' {
    if (this.free > 0 && this.#queue.size === 0) {
      this.#grant(ticket);
      return 'granted';
    }
    if (!wait || this.#queue.size >= this.maxQueued) return 'full';
    this.#queue.add(ticket);
    return 'queued';
  }

  /** Gives up waiting. False: it was not waiting. */
  leave(ticket: Ticket): boolean {
    return this.#queue.delete(ticket);
  }

  /** The slot is free again. */
  release(slot: Slot): void {
    if (slot.epoch !== this.#epoch) return;
    this.#used--;
    this.#advance();
  }

  /** What is left in the slot is not known: it is not used again in this epoch. */
  quarantine(slot: Slot): void {
    if (slot.epoch !== this.#epoch) return;
    this.#used--;
    this.#quarantined++;
  }

  /** A new child: all slots are free. */
  renew(): void {
    this.#epoch++;
    this.#used = 0;
    this.#quarantined = 0;
    this.#advance();
  }

  #advance(): void {
    for (const ticket of this.#queue) {
      if (this.free <= 0) return;
      this.#queue.delete(ticket);
      this.#grant(ticket);
    }
  }

  #grant(ticket: Ticket): void {
    this.#used++;
    this.#peak = Math.max(this.#peak, this.#used);
    ticket.granted({ epoch: this.#epoch });
  }
}
