import { withPools } from '@carpool/vitest';
import { mount } from '../../app/mount.ts';
import { todo } from '../../app/todo.ts';
import config from '../carpool.config.ts';

const test = withPools(config);

test('adds an item', async ({ renderer, expect }) => {
  const app = mount(renderer, todo);
  await app.type('new', 'bread');
  await app.click('add');
  expect(await app.text('left')).toBe('1 thing left');
});

test('does not see the list of the test before', async ({ renderer, expect }) => {
  const app = mount(renderer, todo);
  expect(app.model).toBe(todo.init);
});
