import { expect } from '@playwright/test';
import { withPools } from '@carpool/playwright';
import config from './carpool.config.ts';
import { failsByItself, failsByReply } from './html-evidence.mjs';

const test = withPools(config);

test('must fail: a reply', async ({ echo }) => await failsByReply(echo, expect));

test('must fail: by itself', async ({ echo }) => await failsByItself(echo));

test('passes', async ({ echo }) => {
  expect(await echo.request({ type: 'set', value: 'of one that passes' })).toMatchObject({
    value: 'of one that passes',
  });
});

test.describe('with another attempt', () => {
  test.describe.configure({ retries: 1 });
  test('passes when it is tried again', async ({ echo }, { retry }) => {
    expect(await echo.request({ type: 'set', value: retry })).toMatchObject({ value: 1 });
  });
});
