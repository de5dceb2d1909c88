/** Values that one holder at a time can reserve; each space has its own. */
import { tooMany } from './errors.ts';
import type { LeaseHolder } from './lease.ts';

/** Values that are reserved at once, in all spaces. */
const mostValues = 1_000_000;

/** The space of ports. */
export const portSpace = 'carpool.ports';

export interface Reservation {
  readonly space: string;
  readonly values: readonly string[];
}

export class Reservations {
  readonly #spaces = new Map<string, Map<string, LeaseHolder>>();
  readonly #ports: Reservations | undefined;
  #size = 0;

  /** @param ports where ports are reserved, which several have in common. Default: here */
  constructor(ports?: Reservations) {
    this.#ports = ports;
  }

  /** Values that are reserved now. */
  get size(): number {
    return this.#size;
  }

  /** Takes those that are free. @returns their places in `values` @throws CarpoolError LEASE_INVALID if there are too many */
  reserve(space: string, values: readonly string[], holder: LeaseHolder): number[] {
    if (this.#ports !== undefined && space === portSpace) return this.#ports.reserve(space, values, holder);
    const taken = this.#spaces.get(space) ?? new Map<string, LeaseHolder>();
    if (this.#size + values.length > mostValues) {
      const request = { kind: 'lock', name: space, weight: 1, size: 1, owner: '', holder } as const;
      throw tooMany(request, `${this.#size} values are reserved`, mostValues);
    }
    const places: number[] = [];
    for (const [place, value] of values.entries()) {
      if (taken.has(value)) continue;
      taken.set(value, holder);
      places.push(place);
    }
    this.#size += places.length;
    if (taken.size > 0) this.#spaces.set(space, taken);
    return places;
  }

  /** What is reserved, by its space. Not to be changed meanwhile. */
  get spaces(): ReadonlyMap<string, ReadonlyMap<string, LeaseHolder>> {
    return this.#spaces;
  }

  release({ space, values }: Reservation): void {
    if (this.#ports !== undefined && space === portSpace) {
      this.#ports.release({ space, values });
      return;
    }
    const taken = this.#spaces.get(space);
    for (const value of values) if (taken?.delete(value) === true) this.#size--;
    if (taken?.size === 0) this.#spaces.delete(space);
  }
}
