import { test, expect } from '@carpool/playwright';

test('`test` of the package has `carpool`', async ({ carpool, carpoolWorker }) => {
  const mine = await carpool.echo.register();
  const shared = await carpoolWorker.echo.register();
  expect(mine.id).not.toBe(shared.id);
});

test('must fail: a name that is no pool', async ({ carpool }) => {
  await carpool.ecko.register();
});
