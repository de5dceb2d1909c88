import { withPools } from '@carpool/vitest';
import { describe, expect } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);
const ids: string[] = [];

// Options of the suite: Vitest 3 overlooks those of an extended test.
describe('attempts', { retry: 2 }, () => {
  test('every retry has a new session', async ({ echo }) => {
    expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
    await echo.request({ type: 'set', value: true });
    ids.push(echo.id);
    if (ids.length < 3) throw new Error('once more');
    expect(new Set(ids).size).toBe(3);
  });
});

describe('repeats', { repeats: 2 }, () => {
  test('every repeat has a new session', async ({ echo }) => {
    expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
    await echo.request({ type: 'set', value: true });
    ids.push(echo.id);
  });
});

test.fails('a test that is meant to fail gives its session back', async ({ echo }) => {
  ids.push(echo.id);
  expect(await echo.request({ type: 'get' })).toHaveProperty('value');
});

test('a test that skips itself gives its session back', async ({ echo, skip }) => {
  ids.push(echo.id);
  skip();
});

test('nothing of them is left', async ({ echo }) => {
  expect(ids.length).toBe(3 + 3 + 2);
  expect(new Set(ids).size).toBe(ids.length);
  const { sessions } = await echo.request({ type: 'who' });
  for (const id of ids) expect(sessions).not.toContain(id);
});
