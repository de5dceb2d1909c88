import { expect } from '@playwright/test';
import { withPools } from '@carpool/playwright';
import config from './carpool.config.ts';

const test = withPools(config);

// Reports and traces have the source, too: there it does not stand.
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
