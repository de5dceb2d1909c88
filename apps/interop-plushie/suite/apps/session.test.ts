/** What the SDK's TestSession does, whatever the app. */
import asyncFetch from 'plushie/examples/async_fetch';
import counter from 'plushie/examples/counter';
import shortcuts from 'plushie/examples/shortcuts';
import todo from 'plushie/examples/todo';
import { createSession, testWith } from 'plushie/testing';
import { expect, test as plain } from 'vitest';
import { options } from '../golden.ts';
import { mode } from '../variables.ts';

const test = testWith(counter, options);

test('begins anew after a reset', async ({ session }) => {
  await session.click('inc');
  await session.reset();
  expect(session.model()).toEqual({ count: 0 });
  expect((await session.find('count'))?.text).toBe('Count: 0');
  await session.click('inc');
  expect((await session.find('count'))?.text).toBe('Count: 1');
});

test('begins anew as often as it is reset', async ({ session }) => {
  for (let i = 0; i < 20; i += 1) {
    await session.click('inc');
    await session.reset();
  }
  expect(session.model()).toEqual({ count: 0 });
});

test('has the same hash for the same tree', async ({ session }) => {
  const before = await session.treeHash('before');
  expect(await session.treeHash('again')).toBe(before);
  await session.click('inc');
  expect(await session.treeHash('after')).not.toBe(before);
});

test('draws in headless mode, and nothing in mock mode', async ({ session }) => {
  const picture = await session.screenshot('counter');
  if (mode === 'headless') expect(picture).toMatchObject({ width: 1024, height: 768, hash: /^[0-9a-f]{64}$/ });
  else expect(picture).toMatchObject({ width: 0, height: 0, hash: '' });
});

test('registers effect stubs and takes them back', async ({ session }) => {
  await session.registerEffectStub('clipboard_read', { text: 'from the stub' });
  await session.unregisterEffectStub('clipboard_read');
  await session.click('inc');
  expect(session.model()).toEqual({ count: 1 });
});

plain('keeps sessions of one file apart', async () => {
  const apps = [counter, todo, shortcuts, asyncFetch];
  const sessions = await Promise.all(apps.map((app) => createSession(app, options)));
  const [counting, typing, keys] = sessions;
  await Promise.all([counting?.click('inc'), typing?.typeText('new_todo', 'Milk'), keys?.press('a')]);
  expect(sessions.map((session) => session.model())).toMatchObject([
    { count: 1 },
    { input: 'Milk' },
    { count: 1, log: ['#1: a'] },
    { status: 'idle' },
  ]);
  for (const session of sessions) await session.stopAndWait();
});

plain('serves eight sessions at a time, and the next eight', async () => {
  for (let round = 0; round < 2; round += 1) {
    const sessions = await Promise.all(Array.from({ length: 8 }, () => createSession(counter, options)));
    await Promise.all(
      sessions.map(async (session, clicks) => {
        for (let i = 0; i < clicks; i += 1) await session.click('inc');
      }),
    );
    expect(sessions.map((session) => session.model()['count'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await Promise.all(sessions.map((session) => session.stopAndWait()));
  }
});

plain('hands a session out again when one has ended', async () => {
  for (let i = 0; i < 30; i += 1) {
    const session = await createSession(counter, options);
    await session.click('inc');
    expect(session.model()).toEqual({ count: 1 });
    await session.stopAndWait();
  }
});
