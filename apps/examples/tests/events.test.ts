import type { PlushieEvent } from '@carpool/plushie';
import { expect } from 'vitest';
import { hashOf, type Renderer } from '../app/mount.ts';
import { text, window } from '../app/widgets.ts';
import { test } from '#test';

function subscribe(renderer: Renderer, tag: string): void {
  renderer.send({ type: 'subscribe', kind: 'on_animation_frame', tag });
}

test('an animation moves when the test says so', async ({ renderer }) => {
  subscribe(renderer, 'clock');
  renderer.send({ type: 'advance_frame', timestamp: 16 });
  renderer.send({ type: 'advance_frame', timestamp: 32 });
  const frames = [await renderer.event(), await renderer.event()];
  expect(frames).toMatchObject([
    { family: 'animation_frame', tag: 'clock', value: { timestamp: 16 } },
    { family: 'animation_frame', tag: 'clock', value: { timestamp: 32 } },
  ]);
});

test('a session that unsubscribed receives no events', async ({ renderer }) => {
  subscribe(renderer, 'early');
  renderer.send({ type: 'unsubscribe', kind: 'on_animation_frame', tag: 'early' });
  renderer.send({ type: 'advance_frame', timestamp: 16 });
  subscribe(renderer, 'late');
  renderer.send({ type: 'advance_frame', timestamp: 32 });
  expect(await renderer.event()).toMatchObject({ tag: 'late', value: { timestamp: 32 } });
});

test('announcements for screen readers are events', async ({ renderer }) => {
  const payload = { text: 'Saved', politeness: 'polite' };
  renderer.send({ type: 'widget_op', op: 'announce', payload });
  expect(await renderer.event()).toMatchObject({ family: 'announce', value: payload });
});

test('two widgets of one name are an error', async ({ renderer }) => {
  renderer.send({ type: 'snapshot', tree: window('Twins', text('twin', 'a'), text('twin', 'b')) });
  expect(await renderer.event()).toMatchObject({ family: 'error', id: 'duplicate_node_ids' });
});

test('a test waits for the event it means, and the others stay', async ({ renderer }) => {
  renderer.send({ type: 'widget_op', op: 'announce', payload: { text: 'first' } });
  renderer.send({ type: 'widget_op', op: 'announce', payload: { text: 'second' } });
  const words = (wanted: string) => (event: PlushieEvent) => event.family === 'announce' && event.value.text === wanted;
  expect(await renderer.event(words('second'))).toMatchObject({ value: { text: 'second' } });
  expect(await renderer.event()).toMatchObject({ value: { text: 'first' } });
});

test('replies come in the order of the requests', async ({ renderer }) => {
  const hashes = ['a', 'b', 'c'].map((content) => {
    renderer.send({ type: 'snapshot', tree: text('only', content) });
    return hashOf(renderer);
  });
  expect(new Set(await Promise.all(hashes)).size).toBe(3);
});
