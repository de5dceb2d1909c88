import { expect } from '@playwright/test';
import { test } from './test.ts';

const seen: string[] = [];

test.beforeAll(async ({ echo, carpool }) => {
  await echo.request({ type: 'set', value: 'of the hook' });
  seen.push(echo.id, (await carpool.echo.register()).id);
});

test.beforeEach(async ({ echo }) => {
  await echo.request({ type: 'set', value: 'of each' });
});

test.afterEach(async ({ echo }) => {
  expect(await echo.request({ type: 'get' })).toMatchObject({ value: 'of each' });
});

test.afterAll(async ({ echo }) => {
  expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
});

test('hooks for each test share its session', async ({ echo }) => {
  expect(await echo.request({ type: 'get' })).toMatchObject({ value: 'of each' });
  seen.push(echo.id);
});

test('a hook for all tests has sessions of its own, which end with it', async ({ echo }) => {
  expect(new Set([...seen, echo.id]).size).toBe(4);
  const { sessions } = await echo.request({ type: 'who' });
  for (const id of seen) expect(sessions).not.toContain(id);
});
