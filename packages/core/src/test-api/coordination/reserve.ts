/** Values of which no two tests have the same: user names, tenants, directories, numbers of all kinds. */
import { leaseCall, type ScopeOptions } from './around.ts';
import { OwnLease, type Lease } from './lease.ts';

export type Reservable = bigint | number | string;

export interface Reservation<T extends Reservable> extends Lease {
  /** Those that could be reserved, in the order they were asked for. It may be none. */
  readonly values: readonly T[];
}

export interface Reservations {
  readonly name: string;
  /** Takes those of the values that nobody has, and never waits. `1`, `1n` and `"1"` are three values. */
  reserve<const T extends readonly Reservable[]>(values: T, options?: ScopeOptions): Promise<Reservation<T[number]>>;
}

/** A space of values: the same value may be reserved once in each. */
export function reservations(space: string): Reservations {
  const own: Reservations = {
    name: space,
    reserve: (values, options = {}) => reserveFrom(own.reserve, space, values, options),
  };
  return own;
}

/** Reserves values in the space that all have who name none. */
export function reserve<const T extends readonly Reservable[]>(...values: T): Promise<Reservation<T[number]>> {
  return reserveFrom(reserve, 'values', values, {});
}

class OwnReservation<T extends Reservable> extends OwnLease implements Reservation<T> {
  readonly values: readonly T[];

  constructor(space: string, lease: ConstructorParameters<typeof OwnLease>[1], values: readonly T[]) {
    super(space, lease);
    this.values = values;
  }
}

function reserveFrom<T extends readonly Reservable[]>(
  above: (...args: never[]) => unknown,
  space: string,
  values: T,
  options: ScopeOptions,
): Promise<Reservation<T[number]>> {
  return leaseCall(above, options, async (leases, caller) => {
    const { lease, places } = await leases.reserve(space, values.map(textOf), caller);
    return new OwnReservation(
      space,
      lease,
      places.map((place) => values[place] as T[number]),
    );
  });
}

function textOf(value: Reservable): string {
  return `${typeof value} ${String(value)}`;
}
