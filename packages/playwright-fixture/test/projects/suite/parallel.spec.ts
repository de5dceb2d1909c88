import { expect } from '@playwright/test';
import { test } from './test.ts';

test.describe.configure({ mode: 'parallel' });

for (const value of [1, 2]) {
  test(`workers have sessions on one child at the same time (${value})`, async ({ echo }) => {
    await echo.request({ type: 'set', value });
    await echo.request({ type: 'wait', all: 2 });
    expect(await echo.request({ type: 'get' })).toMatchObject({ value });
  });
}
