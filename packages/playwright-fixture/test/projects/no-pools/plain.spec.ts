import { test } from '@carpool/playwright';

test('must fail: the config has no pools', async ({ carpool }) => {
  await carpool.echo.register();
});
