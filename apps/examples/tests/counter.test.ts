import { expect } from 'vitest';
import { counter } from '../app/counter.ts';
import { mount } from '../app/mount.ts';
import { test } from '#test';

test('starts at zero', async ({ renderer }) => {
  const app = mount(renderer, counter);
  expect(await app.text('count')).toBe('0');
});

test('counts up and down', async ({ renderer }) => {
  const app = mount(renderer, counter);
  await app.click('more');
  await app.click('more');
  await app.click('less');
  expect(await app.text('count')).toBe('1');
});

test('goes below zero', async ({ renderer }) => {
  const app = mount(renderer, counter);
  await app.click('less');
  expect(await app.text('count')).toBe('-1');
});

test('starts again', async ({ renderer }) => {
  const app = mount(renderer, counter);
  await app.click('more');
  await app.click('zero');
  expect(await app.text('count')).toBe('0');
});

test('a click on nothing changes nothing', async ({ renderer }) => {
  const app = mount(renderer, counter);
  await app.click('no such button');
  expect(app.model).toBe(0);
});
