import { expect } from '@playwright/test';
import type { Session } from 'carpool';
import { test } from './test.ts';

const earlier: string[] = [];
let kept: Session;

test('every test has a session of its own', async ({ echo }) => {
  await echo.request({ type: 'set', value: 'mine' });
  expect(await echo.request({ type: 'get' })).toMatchObject({ value: 'mine' });
  earlier.push(echo.id);
  kept = echo;
});

test('a session knows nothing of the one before it', async ({ echo }) => {
  expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
  const { sessions } = await echo.request({ type: 'who' });
  expect(earlier).toHaveLength(1);
  expect(sessions).not.toContain(earlier[0]);
});

test('a session kept in a variable says why it was closed, and when', async () => {
  const words = /Cannot .*: session \S+ was closed because its test has ended \d+ ms ago/;
  await expect(kept.request({ type: 'get' })).rejects.toThrow(words);
  await expect(kept.request({ type: 'get' })).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  expect(() => kept.send({ type: 'get' })).toThrow(words);
});

test('must fail: the line that uses a kept session is shown', async () => {
  await kept.request({ type: 'get' }); // this line
});

test('`carpool` registers more of them', async ({ echo, carpool }) => {
  const second = await carpool.echo.register();
  const third = await carpool.echo.register({ owner: 'third' });
  expect(new Set([echo.id, second.id, third.id]).size).toBe(3);
  await second.request({ type: 'set', value: 2 });
  expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
  await third.unregister();
  earlier.push(second.id, third.id);
});

test('what `carpool` registered ended with its test', async ({ echo }) => {
  expect(earlier).toHaveLength(2);
  const { sessions } = await echo.request({ type: 'who' });
  for (const id of earlier) expect(sessions).not.toContain(id);
});

const derived = test.extend<{ remembered: number }>({
  remembered: async ({ echo }, use) => {
    await echo.request({ type: 'set', value: 7 });
    await use(7);
    // The session outlives what was made of it.
    expect(await echo.request({ type: 'get' })).toMatchObject({ value: 7 });
  },
});

derived('a fixture may be made from a session', async ({ echo, remembered }) => {
  expect(await echo.request({ type: 'get' })).toMatchObject({ value: remembered });
});

test('a test without a pool runs normally', () => {});
