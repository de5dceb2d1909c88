import type { EffectKind, EffectResponse, Value } from '@carpool/plushie';
import { expect } from 'vitest';
import type { Renderer } from '../app/mount.ts';
import { test } from '#test';

async function stub(renderer: Renderer, kind: EffectKind, response: Value): Promise<void> {
  const { status } = await renderer.request({ type: 'register_effect_stub', kind, response });
  expect(status).toBe('registered');
}

async function effect(
  renderer: Renderer,
  kind: EffectKind,
  payload: Record<string, Value> = {},
): Promise<EffectResponse> {
  return renderer.request({ type: 'effect', kind, payload }, { expect: 'effect_response' });
}

test('a stub answers in place of the dialog', async ({ renderer }) => {
  await stub(renderer, 'file_open', { path: '/tmp/notes.txt' });
  expect(await effect(renderer, 'file_open')).toMatchObject({ status: 'ok', result: { path: '/tmp/notes.txt' } });
});

test('each kind has its own stub', async ({ renderer }) => {
  await Promise.all([
    stub(renderer, 'file_open', 'opened'),
    stub(renderer, 'file_save', 'saved'),
    stub(renderer, 'clipboard_read', 'copied'),
  ]);
  const answers = await Promise.all([
    effect(renderer, 'clipboard_read'),
    effect(renderer, 'file_save'),
    effect(renderer, 'file_open'),
  ]);
  expect(answers.map(({ result }) => result)).toEqual(['copied', 'saved', 'opened']);
});

test('a later stub replaces an earlier one', async ({ renderer }) => {
  await stub(renderer, 'directory_select', 'first');
  await stub(renderer, 'directory_select', 'second');
  expect((await effect(renderer, 'directory_select')).result).toBe('second');
});

test('without a stub there is no dialog', async ({ renderer }) => {
  expect((await effect(renderer, 'file_open')).status).toBe('unsupported');
});

test('a stub can be taken away', async ({ renderer }) => {
  await stub(renderer, 'file_open', 'opened');
  const { status } = await renderer.request({ type: 'unregister_effect_stub', kind: 'file_open' });
  expect(status).toBe('unregistered');
  expect((await effect(renderer, 'file_open')).status).toBe('unsupported');
});

test('a stub belongs to its session', async ({ renderer, carpool }) => {
  const other = await carpool.renderer.register();
  await stub(renderer, 'file_open', 'mine');
  expect((await effect(other, 'file_open')).status).toBe('unsupported');
});
