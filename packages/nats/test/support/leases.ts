/** The leases of a host on a store of the test's own, by the clock of this process. */
import { systemClock } from '../../src/clock.ts';
import { Leases } from '../../src/leases.ts';
import type { Store } from '../../src/store.ts';
import { timingOf } from '../../src/validity.ts';

/** @param ttl milliseconds */
export function leasesOn(store: Store, label: string, ttl: number): Leases {
  let ids = 0;
  return new Leases({
    store,
    clock: systemClock,
    timing: timingOf(ttl),
    randomId: () => `${label}${++ids}`,
    random: () => 0.5,
    label,
    keyOf: ({ name }) => name,
  });
}

/** The last word of each of them. */
export async function closeLeases(store: Store, leases: readonly Leases[]): Promise<void> {
  const until = systemClock.now() + 2_000;
  await Promise.all(leases.map((each) => each.close({ store, removed: async () => {}, until })));
}
