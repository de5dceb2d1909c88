import { withPools } from '@carpool/vitest';
import { beforeEach, describe, expect, vi } from 'vitest';
import config from './carpool.config.ts';

// Shorter than the waits below: they must not be on this clock.
vi.setConfig({ testTimeout: 1_900 });
const test = withPools(config);
const derived = test.extend<{ app: { use(): Promise<unknown> } }>({
  app: async ({ narrow }, use) => {
    await use({ use: () => narrow.request({ type: 'later', after: 500 }) });
  },
});

test('the start of a slow child is not on the clock of the test', async ({ slow }) => {
  expect(await slow.request({ type: 'get' })).toMatchObject({ type: 'reply' });
});

describe.concurrent('the wait for a slot is not on the clock', () => {
  test('of a test', async ({ narrow }) => {
    await narrow.request({ type: 'later', after: 500 });
  });

  derived('of a test with a fixture made from a session', async ({ app }) => {
    await app.use();
  });

  test.for(['table', 'list'])('of a test from a %s', async (_word, { narrow: renamed }) => {
    await renamed.request({ type: 'later', after: 500 });
  });

  describe('inner', () => {
    test('of a test in an inner suite', async ({ carpool, narrow }) => {
      await narrow.request({ type: 'later', after: 500 });
      expect(Object.keys(carpool)).toEqual(['echo', 'narrow', 'slow', 'taken']);
    });
  });
});

describe('a hook that fails after the session was taken', () => {
  test('must fail: in its hook', ({ narrow }) => {
    expect(narrow).toBeDefined();
  });

  beforeEach(() => {
    throw new Error('the hook failed');
  });
});

test('does not keep it', async ({ narrow }) => {
  expect(await narrow.request({ type: 'get' })).not.toHaveProperty('value');
});
