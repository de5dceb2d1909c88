import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);
let failed: string;

test('must fail: an assertion', async ({ echo }) => {
  await echo.request({ type: 'log', text: 'the child saw something odd' });
  await echo.request({ type: 'set', value: 'evidence' });
  failed = echo.id;
  expect(1).toBe(2);
});

test('a failing test gave its session back', async ({ echo }) => {
  const { sessions } = await echo.request({ type: 'who' });
  expect(sessions).not.toContain(failed);
});

test('must fail: a child that dies', async ({ carpool }) => {
  const narrow = await carpool.narrow.register();
  await narrow.request({ type: 'log', text: 'last words\n    at odd (/child.mjs:1:2)' });
  await narrow.request({ type: 'exit', code: 3 });
});
