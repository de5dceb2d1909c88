import { withPools } from '@carpool/vitest';
import { describe, expect } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('must fail: a reply', async ({ echo }) => {
  expect(await echo.request({ type: 'set', value: 'said first' })).toMatchObject({ value: 'wrong' });
});

// Vitest 3 does not let an extended test have options.
describe('with another attempt', { retry: 1 }, () => {
  let attempts = 0;
  test('passes when it is tried again', async ({ echo }) => {
    attempts += 1;
    const { value } = await echo.request<{ value: number }>({ type: 'set', value: attempts });
    expect(value).toBe(2);
  });

  let more = 0;
  test('must fail: twice', async ({ echo }) => {
    more += 1;
    const { value } = await echo.request<{ value: string }>({ type: 'set', value: `attempt ${more}` });
    expect(value).toBe(`not ${value}`);
  });
});
