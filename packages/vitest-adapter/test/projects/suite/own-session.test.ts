import { withPools } from '@carpool/vitest';
import { afterEach, beforeEach, expect } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);
const earlier: string[] = [];
const hooks: string[] = [];

beforeEach(({ task }) => void hooks.push(`before ${task.name}`));
afterEach(({ task }) => void hooks.push(`after ${task.name}`));

test('every test has a session of its own', async ({ echo, task }) => {
  await echo.request({ type: 'set', value: task.name });
  expect(await echo.request({ type: 'get' })).toMatchObject({ value: task.name });
  earlier.push(echo.id);
});

test('a session knows nothing of the one before it', async ({ echo }) => {
  expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
  expect(earlier).not.toContain(echo.id);
});

test('the sessions of earlier tests are gone from the child', async ({ echo }) => {
  const { sessions } = await echo.request({ type: 'who' });
  expect(earlier).toHaveLength(1);
  expect(sessions).not.toContain(earlier[0]);
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

test.for([1, 2])('tables of tests have sessions: %s', async (value, { echo }) => {
  expect(await echo.request({ type: 'set', value })).toMatchObject({ value });
});

test('a test without a pool runs normally', () => {
  expect(hooks).toContain('after every test has a session of its own');
});
