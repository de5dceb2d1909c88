import type { ScreenshotResponse } from '@carpool/plushie';
import { describe, expect } from 'vitest';
import { counter } from '../app/counter.ts';
import { hashOf, mount, type Renderer } from '../app/mount.ts';
import { signUp } from '../app/sign-up.ts';
import { mode } from '../renderer.ts';
import { test } from '#test';

async function picture(renderer: Renderer, width: number, height: number): Promise<ScreenshotResponse> {
  return renderer.request({ type: 'screenshot', name: 'picture', width, height }, { expect: 'screenshot_response' });
}

test('a session begins without a tree', async ({ renderer }) => {
  expect(await hashOf(renderer)).toBe('');
});

test('the hash of a tree depends on its content, not on its history', async ({ renderer }) => {
  const app = mount(renderer, counter);
  const zero = await hashOf(renderer);
  await app.click('more');
  const one = await hashOf(renderer);
  await app.click('less');
  expect(one).not.toBe(zero);
  expect(await hashOf(renderer)).toBe(zero);
});

test('equal trees have equal hashes in two sessions', async ({ renderer, carpool }) => {
  const other = await carpool.renderer.register();
  mount(renderer, counter);
  mount(other, counter);
  expect(await hashOf(other)).toBe(await hashOf(renderer));
});

test('the order of properties makes no difference', async ({ renderer }) => {
  renderer.send({ type: 'snapshot', tree: { id: 'w', type: 'text', props: { content: 'a', size: 12 } } });
  const hash = await hashOf(renderer);
  renderer.send({ type: 'snapshot', tree: { props: { size: 12, content: 'a' }, type: 'text', id: 'w' } });
  expect(await hashOf(renderer)).toBe(hash);
});

test('without a tree there is nothing to see', async ({ renderer }) => {
  expect(await picture(renderer, 64, 64)).toMatchObject({ hash: '', width: 0, height: 0 });
});

// These tests need the real renderer.
describe.skipIf(mode === 'mock')(`drawn${mode === 'mock' ? ' (skipped: the stand-in draws nothing)' : ''}`, () => {
  test('a picture has the size that was asked for', async ({ renderer }) => {
    mount(renderer, counter);
    const { width, height, rgba } = await picture(renderer, 320, 200);
    expect({ width, height }).toEqual({ width: 320, height: 200 });
    expect(typeof rgba === 'string' ? Buffer.from(rgba, 'base64') : rgba).toHaveLength(320 * 200 * 4);
  });

  test('equal views make equal pictures in two sessions', async ({ renderer, carpool }) => {
    const other = await carpool.renderer.register();
    mount(renderer, signUp);
    mount(other, signUp);
    const [mine, theirs] = await Promise.all([picture(renderer, 320, 200), picture(other, 320, 200)]);
    expect(mine.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(theirs.hash).toBe(mine.hash);
  });

  test('another view makes another picture', async ({ renderer }) => {
    const app = mount(renderer, signUp);
    const { hash } = await picture(renderer, 320, 200);
    await app.type('name', 'Ada');
    expect((await picture(renderer, 320, 200)).hash).not.toBe(hash);
  });
});
