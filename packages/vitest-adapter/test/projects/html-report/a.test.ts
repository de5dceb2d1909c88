import { withPools } from '@carpool/vitest';
import { describe, expect } from 'vitest';
import config from './carpool.config.ts';
import { failsByItself, failsByReply } from './html-evidence.mjs';

const test = withPools(config);

test('must fail: a reply', async ({ echo }) => await failsByReply(echo, expect));

test('must fail: by itself', async ({ echo }) => await failsByItself(echo));

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
