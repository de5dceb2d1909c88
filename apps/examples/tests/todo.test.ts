import { describe, expect } from 'vitest';
import { mount, type Mounted } from '../app/mount.ts';
import { todo, type Todo } from '../app/todo.ts';
import { test as base } from '#test';

// A fixture made from the session: a list with an item in it.
const test = base.extend<{ list: Mounted<Todo> }>({
  list: async ({ renderer }, use) => {
    const list = mount(renderer, todo);
    for (const title of ['bread', 'butter', 'honey']) {
      await list.type('new', title);
      await list.click('add');
    }
    await use(list);
  },
});

test('is empty at first', async ({ renderer }) => {
  const list = mount(renderer, todo);
  expect(await list.text('left')).toBe('0 things left');
  expect((await list.find('list'))?.children).toEqual([]);
});

test('adds what was typed, and empties the field', async ({ list }) => {
  expect((await list.find('done-1'))?.props).toMatchObject({ label: 'bread', checked: false });
  expect((await list.find('new'))?.props['value']).toBe('');
  expect(await list.text('left')).toBe('3 things left');
});

test('adds on Enter, too', async ({ list }) => {
  await list.type('new', 'jam');
  await list.submit('new');
  expect((await list.find('done-4'))?.props['label']).toBe('jam');
});

test('adds nothing that is empty', async ({ list }) => {
  await list.type('new', '   ');
  await list.click('add');
  expect(list.model.items).toHaveLength(3);
});

test('removes one', async ({ list }) => {
  await list.click('drop-2');
  expect(await list.find('item-2')).toBeUndefined();
  expect(await list.text('left')).toBe('2 things left');
});

describe('with one thing done', () => {
  const withOneDone = test.extend<{ done: Mounted<Todo> }>({
    done: async ({ list }, use) => {
      await list.toggle('done-2', true);
      await use(list);
    },
  });

  withOneDone('ticks it', async ({ done }) => {
    expect((await done.find('done-2'))?.props['checked']).toBe(true);
    expect(await done.text('left')).toBe('2 things left');
  });

  withOneDone.for([
    ['all', ['item-1', 'item-2', 'item-3']],
    ['open', ['item-1', 'item-3']],
    ['done', ['item-2']],
  ] as const)('shows %s', async ([filter, rows], { done }) => {
    await done.click(filter);
    expect((await done.find('list'))?.children.map(({ id }) => id)).toEqual(rows);
  });

  withOneDone('clears what is done', async ({ done }) => {
    await done.click('clear');
    expect(done.model.items.map(({ title }) => title)).toEqual(['bread', 'honey']);
  });
});
