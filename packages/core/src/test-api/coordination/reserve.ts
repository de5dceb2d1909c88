/** Values of which no two tests have the same: user names, tenants, directories, numbers of all kinds. */
import {
  leaseOptionNames,
  makeCall,
  type Above,
  type ScopeOptions,
  type Shared,
  type SharedOptions,
} from './lease-call.ts';
import type { HeldLease } from '../../client/held-lease.ts';
import { OwnLease, type Lease } from './lease.ts';

/** What can be reserved. */
export type Reservable = bigint | number | string;

/** Values that no other test of the run has until they are released. */
export interface Reservation<T extends Reservable> extends Lease {
  /** Those that were free, in the order of the call. It may be none. */
  readonly values: readonly T[];
}

/** A space of values. All tests of a run that use its name share it. */
export interface Reservations {
  /** The name given to `reservations`. */
  readonly name: string;
  /** Takes those of the values that are free, and never waits. `1`, `1n` and `"1"` are three values. */
  reserve<const T extends readonly Reservable[]>(values: T, options?: ScopeOptions): Promise<Reservation<T[number]>>;
}

/**
 * A space of values: the same value may be reserved once in each.
 * @example const { values: [user] } = await reservations('users').reserve(['ann', 'ben', 'cas']);
 */
export function reservations(space: string, options: SharedOptions = {}): Reservations {
  const own: Reservations = {
    name: space,
    reserve: (values, given = {}) =>
      reserveFrom(own.reserve, { space, shared: { by: 'reservations', given: options } }, values, given),
  };
  return own;
}

/**
 * Takes those of the values that are free, in the space that all callers of `reserve` share, and never waits.
 * @throws CarpoolError LEASE_LOST, HUB_LOST
 */
export function reserve<const T extends readonly Reservable[]>(...values: T): Promise<Reservation<T[number]>> {
  return reserveFrom(reserve, { space: 'values', shared: undefined }, values, {});
}

class OwnReservation<T extends Reservable> extends OwnLease implements Reservation<T> {
  readonly values: readonly T[];

  constructor(space: string, lease: HeldLease, values: readonly T[]) {
    super(space, lease);
    this.values = values;
  }
}

const names = leaseOptionNames();

function reserveFrom<T extends readonly Reservable[]>(
  above: Above,
  { space, shared }: { readonly space: string; readonly shared: Shared | undefined },
  values: T,
  given: ScopeOptions,
): Promise<Reservation<T[number]>> {
  const label = { scope: given.scope, shared, given, names, what: () => `a reservation of ${JSON.stringify(space)}` };
  return makeCall(above, label, async ({ leases, caller, fail }) => {
    try {
      const { lease, places } = await leases.reserve(space, values.map(withType), caller);
      return new OwnReservation(
        space,
        lease,
        places.map((place) => values[place] as T[number]),
      );
    } catch (thrown) {
      throw fail(thrown);
    }
  });
}

/** The ledger knows text alone. */
function withType(value: Reservable): string {
  return `${typeof value} ${String(value)}`;
}
