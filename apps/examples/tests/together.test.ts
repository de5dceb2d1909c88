import { expect } from 'vitest';
import { counter } from '../app/counter.ts';
import { hashOf, mount } from '../app/mount.ts';
import { todo } from '../app/todo.ts';
import { test } from '#test';

// These run at the same time, each in its own session of the one renderer.
test.concurrent.for([1, 2, 3, 4, 5, 6, 7, 8])('counts to %i beside the others', async (goal, { renderer, expect }) => {
  const app = mount(renderer, counter);
  for (let count = 0; count < goal; count++) await app.click('more');
  expect(await app.text('count')).toBe(String(goal));
});

test('two sessions of one test do not see each other', async ({ renderer, carpool }) => {
  const mine = mount(renderer, counter);
  const theirs = mount(await carpool.renderer.register(), counter);
  await mine.click('more');
  await theirs.click('less');
  expect([await mine.text('count'), await theirs.text('count')]).toEqual(['1', '-1']);
});

test('two apps side by side', async ({ renderer, carpool }) => {
  const list = mount(renderer, todo);
  const count = mount(await carpool.renderer.register(), counter);
  await Promise.all([list.type('new', 'bread').then(() => list.click('add')), count.click('more')]);
  expect(await list.text('left')).toBe('1 thing left');
  expect(await count.text('count')).toBe('1');
});

test('a session may end before its test does', async ({ renderer, carpool }) => {
  mount(renderer, counter);
  {
    await using short = await carpool.renderer.register();
    mount(short, todo);
    expect(await hashOf(short)).not.toBe(await hashOf(renderer));
  }
  const next = await carpool.renderer.register();
  expect(await hashOf(next)).toBe('');
});

test('three at once', async ({ carpool }) => {
  const sessions = await Promise.all([1, 2, 3].map(() => carpool.renderer.register()));
  const apps = sessions.map((session) => mount(session, counter));
  await Promise.all(apps.map((app) => app.click('more')));
  expect(apps.map(({ model }) => model)).toEqual([1, 1, 1]);
});
