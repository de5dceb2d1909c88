import { register, withPools } from '@carpool/vitest';
import * as vitest from 'vitest';
import { beforeAll, beforeEach, describe, expect } from 'vitest';
import config from './carpool.config.ts';

const holding = withPools(config, { scope: { taken: 'file' } });
const test = withPools(config);

holding('a file holds the only slot', ({ taken }) => {
  expect(taken.id).toBeDefined();
});

test('must fail: the error names the holder', ({ taken }) => {
  expect(taken).toBeUndefined();
});

// The error comes a tenth before the time-out of the runner: on a busy machine, too.
describe('a call that is never answered', { timeout: 5_000, concurrent: true }, () => {
  test('must fail: a request', async ({ echo }) => {
    await echo.request({ type: 'silence' });
  });

  test('must fail: a request with a time-out of its own', async ({ echo }) => {
    await echo.request({ type: 'silence' }, { timeout: 20_000 });
  });

  test('must fail: an event', async ({ echo }) => {
    await echo.request({ type: 'get' });
    await echo.event();
  });

  test('must fail: an interaction', async ({ echo }) => {
    await echo.interact({ type: 'silence' });
  });

  test('must fail: a session of a full pool', async ({ narrow, carpool }) => {
    expect(narrow.id).toBeDefined();
    await carpool.narrow.register();
  });
});

describe('a hook', () => {
  beforeEach(async () => {
    await (await register('narrow')).request({ type: 'silence' });
  }, 5_000);

  test('must fail: a hook', ({ expect }) => expect(1).toBe(1));
});

// Vitest 3 tells nothing of its hooks.
describe.runIf('aroundEach' in vitest)('before all', () => {
  let thrown: Error | undefined;
  beforeAll(async () => {
    const session = await register('narrow', { scope: 'file' });
    thrown = await session.request({ type: 'silence' }).catch((error: Error) => error);
  }, 5_000);

  test('a hook for all ends in time, too', () => {
    expect(thrown?.message).toMatch(/No reply to "silence" within \d+ ms, the rest of the time of this test or hook/);
  });
});
