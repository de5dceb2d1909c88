import type { PatchOp } from '@carpool/plushie';
import { beforeEach, expect } from 'vitest';
import { byId, findIn, hashOf, type Renderer } from '../app/mount.ts';
import { button, text, window } from '../app/widgets.ts';
import { test } from '#test';

// [0] is the column of the window, [0, 0] the first widget in it.
const before = window('Patches', text('first', 'one'), text('second', 'two'), button('third', 'three'));

const patch = (renderer: Renderer, ...ops: PatchOp[]): void => renderer.send({ type: 'patch', ops });
const ids = async (renderer: Renderer): Promise<string[] | undefined> =>
  (await findIn(renderer, byId('page')))?.children.map(({ id }) => id);

beforeEach<{ renderer: Renderer }>(({ renderer }) => renderer.send({ type: 'snapshot', tree: before }));

test('changes a property', async ({ renderer }) => {
  patch(renderer, { op: 'update_props', path: [0, 0], props: { content: 'changed' } });
  expect((await findIn(renderer, byId('first')))?.props['content']).toBe('changed');
});

test('takes a property away', async ({ renderer }) => {
  patch(renderer, { op: 'update_props', path: [0, 0], props: { content: null } });
  expect((await findIn(renderer, byId('first')))?.props).not.toHaveProperty('content');
});

test('inserts and removes widgets', async ({ renderer }) => {
  patch(
    renderer,
    { op: 'remove_child', path: [0], index: 2 },
    { op: 'remove_child', path: [0], index: 0 },
    { op: 'insert_child', path: [0], index: 0, node: text('new', 'zero') },
  );
  expect(await ids(renderer)).toEqual(['new', 'second']);
});

test('replaces a widget', async ({ renderer }) => {
  patch(renderer, { op: 'replace_node', path: [0, 1], node: button('second', 'now a button') });
  expect(await findIn(renderer, byId('second'))).toMatchObject({ type: 'button', props: { label: 'now a button' } });
});

test('a patched tree equals a new one of the same shape', async ({ renderer }) => {
  patch(renderer, { op: 'remove_child', path: [0], index: 1 });
  const patched = await hashOf(renderer);
  renderer.send({ type: 'snapshot', tree: window('Patches', text('first', 'one'), button('third', 'three')) });
  expect(await hashOf(renderer)).toBe(patched);
});

test('refuses operations in an order that could mean two things', async ({ renderer }) => {
  patch(
    renderer,
    { op: 'insert_child', path: [0], index: 0, node: text('new', 'zero') },
    { op: 'remove_child', path: [0], index: 1 },
  );
  const complaint = await renderer.event(({ family }) => family === 'error');
  expect(complaint.id).toBe('patch_order');
  expect(await ids(renderer)).toEqual(['first', 'second', 'third']);
});

test('skips a path that does not exist', async ({ renderer }) => {
  const before = await hashOf(renderer);
  patch(renderer, { op: 'update_props', path: [0, 9], props: { content: 'nowhere' } });
  expect(await hashOf(renderer)).toBe(before);
});
