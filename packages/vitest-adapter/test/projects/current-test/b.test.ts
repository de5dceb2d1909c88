import { withPools } from '@carpool/vitest';
import { afterAll, describe, expect, vi } from 'vitest';
import config from './carpool.config.ts';
import { currentTest, look, note } from './observer.cjs';

// Vitest 3 waits for sessions on the clock of the test.
vi.setConfig({ testTimeout: 10_000 });

const test = withPools(config, { scope: { narrow: 'file' } });

const derived = test.extend<{ remembered: string }>({
  remembered: [
    async ({ narrow }, use) => {
      await use(narrow.id);
      // Fixtures of a file end after its hooks, and the sessions after them.
      await narrow.request({ type: 'who' });
      note('a fixture of the file ends', { file: currentTest().file.path[0] });
    },
    { scope: 'file' },
  ],
});

afterAll(() => void look('afterAll'));

derived('a file has fixtures', ({ narrow, remembered }) => {
  expect(narrow.id).toBe(remembered);
});

describe('sessions', () => {
  test('belong to the test that is around', async ({ echo }) => {
    const { sessions } = await echo.request({ type: 'who' });
    expect(sessions).toContain(echo.id);
    expect(look('test')).not.toBe('none');
  });
});
