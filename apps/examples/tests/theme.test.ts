import { expect } from 'vitest';
import { hashOf, type Renderer } from '../app/mount.ts';
import { text } from '../app/widgets.ts';
import { test } from '#test';

function show(renderer: Renderer, theme: string): void {
  const tree = { id: 'main', type: 'window', props: { title: 'Theme', theme }, children: [text('words', 'Hello')] };
  renderer.send({ type: 'snapshot', tree });
}

function subscribe(renderer: Renderer): void {
  renderer.send({ type: 'subscribe', kind: 'on_theme_change', tag: 'theme' });
}

test.for([
  ['light', 'light'],
  ['dark', 'dark'],
  ['nord', 'dark'],
] as const)('says that %s is %s', async ([theme, value], { renderer }) => {
  subscribe(renderer);
  show(renderer, theme);
  expect(await renderer.event()).toMatchObject({ family: 'theme_changed', tag: 'theme', value });
});

test('reports every change, in order', async ({ renderer }) => {
  subscribe(renderer);
  for (const theme of ['light', 'nord', 'light']) show(renderer, theme);
  const heard: unknown[] = [];
  for await (const event of renderer.events()) {
    if (event.family === 'theme_changed') heard.push(event.value);
    if (heard.length === 3) break;
  }
  expect(heard).toEqual(['light', 'dark', 'light']);
});

test('reports nothing to a session without a subscription', async ({ renderer }) => {
  const heard: unknown[] = [];
  show(renderer, 'dark');
  await hashOf(renderer); // every earlier event has arrived by now
  subscribe(renderer);
  show(renderer, 'light');
  heard.push(await renderer.event());
  expect(heard).toMatchObject([{ value: 'light' }]);
});

test('is part of the tree', async ({ renderer }) => {
  show(renderer, 'light');
  const light = await hashOf(renderer);
  show(renderer, 'dark');
  expect(await hashOf(renderer)).not.toBe(light);
});
