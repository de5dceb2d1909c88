import { expect } from '@playwright/test';
import type { Session } from 'carpool';
import { test as base } from './test.ts';

// A session that all tests of a worker share is a fixture of your own.
const test = base.extend<{}, { shared: Session }>({
  shared: [async ({ carpoolWorker }, use) => use(await carpoolWorker.echo.register()), { scope: 'worker' }],
});
let id: string;

test('tests of a worker may share a session', async ({ shared }) => {
  id = shared.id;
  await shared.request({ type: 'set', value: 'kept' });
});

test('it is the same in the next test', async ({ shared, echo }) => {
  expect(shared.id).toBe(id);
  expect(echo.id).not.toBe(id);
  expect(await shared.request({ type: 'get' })).toMatchObject({ value: 'kept' });
});

test('must fail: and its evidence is kept', async ({ shared, carpool }) => {
  expect(carpool).toBeDefined();
  await shared.request({ type: 'set', value: 'of the worker' });
  throw new Error('so that it fails');
});
