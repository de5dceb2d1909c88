// A call about a lease that the host does not answer in time: it may be granted later, and would have no holder.
import { expect, test } from 'vitest';
import { CarpoolError } from '../../src/base/errors.ts';
import { Leases } from '../../src/client/leases.ts';
import { failure } from '../support/failure.ts';

test('is released, whenever it is granted', async () => {
  const released: number[] = [];
  const leases = new Leases({
    call: () => Promise.reject(new CarpoolError('HUB_LOST', 'The host did not answer')),
    release: (lease) => released.push(lease),
    locate: () => {},
    machine: undefined,
  });
  await failure(leases.acquire({ name: 'x', kind: 'lock', size: 1, weight: 1 }), 'HUB_LOST');
  await failure(leases.once({ key: 'k' }), 'HUB_LOST');
  await failure(leases.reserve({ space: 's', values: ['1'] }), 'HUB_LOST');
  expect(released).toEqual([1, 2, 3]);
});
