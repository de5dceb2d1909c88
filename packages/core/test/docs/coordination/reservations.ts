import { reservations, reserve } from '../../../src/entry/coordination.ts';
import { expect, test } from 'vitest';

test('has a user that no other test has', async () => {
  const { values } = await reserve('alice', 'bob', 'carol');
  const [user] = values;
  expect(user).toBeDefined();
});

const tenants = reservations('tenants');

test('keeps a tenant for its file', async () => {
  const { values } = await tenants.reserve([1, 2, 3, 4], { scope: 'file' });
  expect(values.length).toBeLessThanOrEqual(4);
});
