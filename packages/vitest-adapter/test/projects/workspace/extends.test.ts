import { withPools } from '@carpool/vitest';
import { lock } from 'carpool/coordination';
import { describe } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);
const ids = new Set<string>();

describe.concurrent('concurrent tests', () => {
  for (const value of [1, 2, 3, 4]) {
    test(`(in extends) have a session each (${value})`, async ({ echo, expect }) => {
      await echo.request({ type: 'set', value });
      await echo.request({ type: 'wait', all: 4 });
      expect(await echo.request({ type: 'get' })).toMatchObject({ value });
      expect(ids).not.toContain(echo.id);
      ids.add(echo.id);
    });
  }
});

test('the current test is known', async ({ expect }) => {
  using lease = await lock('workspace').acquire();
  expect(lease.held).toBe(true);
});
