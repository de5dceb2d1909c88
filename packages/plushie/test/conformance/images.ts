/** What the headless renderer draws. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ScreenshotResponse } from '../../src/messages.ts';
import { pool, registerWith, tree, type PlushieSession, type Subject } from './subject.ts';

export function imageSuite(subject: Subject): void {
  test('a screenshot is an image: its size, its hash, more than one colour', async () => {
    const session = await registerWith(pool(subject), tree());
    const shot = await screenshot(session);
    expect(shot).toMatchObject({ type: 'screenshot_response', name: 's', width: 200, height: 100 });
    const pixels = pixelsOf(shot);
    expect(pixels).toHaveLength(200 * 100 * 4);
    expect(createHash('sha256').update(pixels).digest('hex')).toBe(shot.hash);
    const colours = new Set<number>();
    for (let at = 0; at < pixels.length; at += 4) colours.add(pixels.readUInt32BE(at));
    expect(colours.size).toBeGreaterThan(3);
    const whole = await session.request({ type: 'screenshot', name: 'whole' });
    expect(pixelsOf(whole)).toHaveLength(1024 * 768 * 4);
  });

  test('sessions with equal trees give equal images, and a changed tree gives another', async () => {
    const renderers = pool(subject);
    const sessions = await Promise.all([0, 0, 1].map((count) => registerWith(renderers, tree(count))));
    const [one, same, other] = await Promise.all(sessions.map(async (session) => (await screenshot(session)).hash));
    expect(same).toBe(one);
    expect(other).not.toBe(one);
    sessions[0]?.send({
      type: 'patch',
      ops: [{ op: 'update_props', path: [0, 0], props: { content: 'Count: 1' } }],
    });
    expect((await screenshot(sessions[0] as PlushieSession)).hash).toBe(other);
  });

  test('the settings of the pool reach the first session of a renderer, and every later one', async () => {
    const large = pool(subject, { settings: { default_text_size: 40 } });
    const sessions = await Promise.all([0, 0, 0].map((count) => registerWith(large, tree(count))));
    const [first, ...others] = await Promise.all(sessions.map(async (session) => (await screenshot(session)).hash));
    expect(others).toEqual([first, first]);
    await sessions[0]?.unregister();
    expect((await screenshot(await registerWith(large, tree()))).hash).toBe(first);
    const plain = await registerWith(pool(subject), tree());
    expect((await screenshot(plain)).hash).not.toBe(first);
  });
}

async function screenshot(session: PlushieSession): Promise<ScreenshotResponse> {
  return await session.request({ type: 'screenshot', name: 's', width: 200, height: 100 });
}

function pixelsOf({ rgba }: ScreenshotResponse): Buffer {
  if (rgba === undefined) throw new Error('the screenshot has no pixels');
  return typeof rgba === 'string' ? Buffer.from(rgba, 'base64') : Buffer.from(rgba);
}
