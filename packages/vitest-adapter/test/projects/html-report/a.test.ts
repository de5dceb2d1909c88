import { withPools } from '@carpool/vitest';
import { describe, expect } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);

// Reports have the source, too: there it does not stand.
const secret = ['never', 'shown', '0123456789'].join('-');
const long = `long ${'word '.repeat(400)}end`;

test('must fail: a reply', async ({ echo }) => {
  await echo.request({ type: 'set', value: { password: secret, pin: secret, header: `Bearer ${secret}` } });
  await echo.request({ type: 'log', text: `password=${secret} and <b>markup</b>` });
  await echo.request({ type: 'set', value: long });
  expect(await echo.request({ type: 'set', value: 'said last' })).toMatchObject({ value: 'wrong' });
});

test('must fail: by itself', async ({ echo }) => {
  await echo.request({ type: 'set', value: 'said before it threw' });
  throw new Error('thrown by the test');
});

test('passes', async ({ echo }) => {
  const { value } = await echo.request<{ value: string }>({ type: 'set', value: 'of one that passes' });
  expect(value).toBe('of one that passes');
});

describe('with another attempt', { retry: 1 }, () => {
  let attempts = 0;
  test('passes when it is tried again', async ({ echo }) => {
    attempts += 1;
    const { value } = await echo.request<{ value: number }>({ type: 'set', value: attempts });
    expect(value).toBe(2);
  });
});
