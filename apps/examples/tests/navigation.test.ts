import { expect } from 'vitest';
import { mount } from '../app/mount.ts';
import { shop } from '../app/shop.ts';
import { test } from '#test';

test('begins at home, with nowhere to go back to', async ({ renderer }) => {
  const app = mount(renderer, shop);
  expect(await app.text('title')).toBe('home');
  expect(await app.find('back')).toBeUndefined();
});

test('goes on, and back the same way', async ({ renderer }) => {
  const app = mount(renderer, shop);
  await app.click('to-products');
  await app.click('to-cart');
  expect(await app.text('title')).toBe('cart');
  await app.click('back');
  expect(await app.text('title')).toBe('products');
  await app.click('back');
  expect(await app.text('title')).toBe('home');
});

test('keeps the cart from page to page', async ({ renderer }) => {
  const app = mount(renderer, shop);
  await app.click('to-products');
  await app.click('buy-bread');
  await app.click('buy-honey');
  await app.click('to-cart');
  expect(await app.text('in-cart')).toBe('bread, honey');
});

test('has an empty cart in every other test', async ({ renderer }) => {
  const app = mount(renderer, shop);
  await app.click('to-cart');
  expect(await app.text('in-cart')).toBe('nothing yet');
});

test('names the page in the title of the window', async ({ renderer }) => {
  const app = mount(renderer, shop);
  await app.click('to-products');
  expect((await app.find('main'))?.props['title']).toBe('Shop: products');
});

test('a page that was left has no widgets any more', async ({ renderer }) => {
  const app = mount(renderer, shop);
  await app.click('to-products');
  await app.click('to-cart');
  await app.click('buy-butter');
  expect(app.model.cart).toEqual([]);
});
