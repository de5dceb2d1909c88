import { withPools, expect } from '@carpool/playwright';
import config from './carpool.config.ts';

const test = withPools(config);

test('has a session', async ({ echo }) => {
  const { pid } = await echo.request({ type: 'who' });
  console.log(`child ${String(pid)}, worker ${process.pid}, session ${echo.id}`);
  await expect(echo).toReply({ type: 'get' }, { value: undefined });
  await echo.request({ type: 'set', value: 1 });
});

test('must fail: an assertion', async ({ echo }) => {
  await expect(echo).toReply({ type: 'set', value: 1 }, { value: 2 });
});
