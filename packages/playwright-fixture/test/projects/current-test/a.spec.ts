import { withPools } from '@carpool/playwright';
import { expect } from '@playwright/test';
import config from './carpool.config.ts';
import { currentTest, look } from './observer.cjs';

const test = withPools(config);
/** In another turn of the event loop. */
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

look('top level');
test.beforeAll(() => void look('beforeAll'));
test.afterAll(() => void look('afterAll'));

test.describe('tests', () => {
  const seen: string[] = [];

  test.beforeEach(() => void seen.push(look('beforeEach')));
  test.afterEach(() => expect(look('afterEach')).toBe(seen.shift()));

  for (const number of [1, 2]) {
    test(`a test and its hooks have one owner (${number})`, async () => {
      const own = look('test');
      await later();
      expect([...seen, look('later')]).toEqual([own, own]);
      expect(currentTest().worker().path).toEqual([]);
    });
  }
});

test.describe('retries', () => {
  test.describe.configure({ retries: 1 });

  test('a retry is in another worker, and its file begins again', ({}, { retry }) => {
    look('attempt');
    expect(retry).toBe(1);
  });
});

test('a test holds its sessions and all else as one', async ({ echo }) => {
  await echo.request({ type: 'set', value: 1 });
  await currentTest().test().end();
  expect(echo.closeReason).toMatchObject({ by: 'owner' });
});

test.describe('hooks that hold something', () => {
  test.beforeAll(async ({ echo }) => {
    await echo.request({ type: 'set', value: 1 });
    look('beforeAll with a session');
  });

  test('are not a test', () => {});
});
