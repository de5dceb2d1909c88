import type { TreeNode } from '@carpool/plushie';
import { expect } from 'vitest';
import { byId, findIn, hashOf } from '../app/mount.ts';
import { column, row, text, window } from '../app/widgets.ts';
import { test } from '#test';

const table = (rows: number): TreeNode =>
  window(
    'Table',
    column('rows', ...Array.from({ length: rows }, (_, at) => row(`row-${at}`, text(`cell-${at}`, `cell ${at}`)))),
  );

test('finds one row among two thousand', async ({ renderer }) => {
  renderer.send({ type: 'snapshot', tree: table(2000) });
  expect((await findIn(renderer, byId('cell-1234')))?.props['content']).toBe('cell 1234');
});

test('gives back the whole tree', async ({ renderer }) => {
  renderer.send({ type: 'snapshot', tree: table(500) });
  const { data } = await renderer.request({ type: 'query', target: 'tree' }, { expect: 'query_response' });
  const rows = data?.children[0]?.children[0];
  expect(rows?.children).toHaveLength(500);
});

test('finds a row by its text', async ({ renderer }) => {
  renderer.send({ type: 'snapshot', tree: table(500) });
  expect((await findIn(renderer, { by: 'text', value: 'cell 321' }))?.id).toBe('cell-321');
});

test('answers a hundred questions at once', async ({ renderer }) => {
  renderer.send({ type: 'snapshot', tree: table(100) });
  const asked = Array.from({ length: 100 }, (_, at) => findIn(renderer, byId(`cell-${at}`)));
  const found = await Promise.all(asked);
  expect(found.map((node) => node?.id)).toEqual(Array.from({ length: 100 }, (_, at) => `cell-${at}`));
});

test('one more row gives a different tree', async ({ renderer }) => {
  renderer.send({ type: 'snapshot', tree: table(300) });
  const hash = await hashOf(renderer);
  renderer.send({ type: 'snapshot', tree: table(301) });
  expect(await hashOf(renderer)).not.toBe(hash);
});
