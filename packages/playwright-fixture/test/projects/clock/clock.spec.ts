import { withPools } from '@carpool/playwright';
import { expect } from '@playwright/test';
import { lock } from 'carpool/coordination';
import config from './carpool.config.ts';

const test = withPools(config);

test.describe.configure({ mode: 'parallel', timeout: 1_900 });

test('the start of a slow child is not on the clock of the test', async ({ slow }) => {
  expect(await slow.request({ type: 'get' })).toMatchObject({ type: 'reply' });
});

for (const number of [1, 2, 3]) {
  test(`the wait for a slot is not on the clock of the test (${number})`, async ({ narrow }) => {
    await narrow.request({ type: 'later', after: 1_000 });
  });
}

for (const number of [1, 2, 3]) {
  test(`the wait for a lock of the config is not on the clock of the test (${number})`, async ({ printer, echo }) => {
    expect(printer).toMatchObject({ name: 'printer', held: true });
    await echo.request({ type: 'later', after: 1_000 });
  });
}

test('a lock of the machine is another one than that of the run', async ({ device }) => {
  expect([device.name, device.held, device.lost.aborted]).toEqual(['phone', true, false]);
  await expect(lock('phone', { scope: 'machine' }).acquireNow()).rejects.toMatchObject({ code: 'LEASE_TAKEN' });
  const own = await lock('phone').acquireNow();
  expect([own.held, own.lost.aborted]).toEqual([true, false]);
});
