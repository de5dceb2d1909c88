import { withPools } from '@carpool/playwright';
import config from './carpool.config.ts';

const test = withPools(config);

test('must fail: a test that is interrupted', async ({ echo, narrow }) => {
  test.setTimeout(0);
  const { pid } = await echo.request({ type: 'who' });
  console.log(`the child is ${String(pid)}`);
  await narrow.request({ type: 'silence' });
});
