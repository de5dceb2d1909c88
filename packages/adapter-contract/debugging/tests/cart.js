import { expect, register, test } from './fixtures.js';

test('adds up the quantities', async ({ cart }) => {
  await cart.request({ type: 'add', item: 'tea', quantity: 2 });
  const total = await cart.request({ type: 'total' });
  expect(total).toMatchObject({ cents: 900 });
});

test('takes 10 % off with a coupon', async ({ cart }) => {
  await cart.request({ type: 'add', item: 'mug', quantity: 1 });
  const total = await cart.request({ type: 'coupon', code: 'TEN' });
  expect(total).toMatchObject({ cents: 1080 });
});

test('refuses an item that is not sold', async ({ cart }) => {
  await cart.request({ type: 'add', item: 'kettle', quantity: 1 });
  const total = await cart.request({ type: 'total' });
  expect(total).toMatchObject({ cents: 0 });
});

test('packs into parcels of the smallest size', async ({ cart }) => {
  await cart.request({ type: 'add', item: 'tea', quantity: 1 });
  const parcels = await cart.request({ type: 'parcels', size: 0 });
  expect(parcels).toMatchObject({ count: 1 });
});

test('serves three customers at a time', async ({ checkout }) => {
  const second = await register('checkout');
  const third = await register('checkout');
  for (const customer of [checkout, second, third]) {
    expect(await customer.request({ type: 'total' })).toMatchObject({ cents: 0 });
  }
});
