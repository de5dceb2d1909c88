import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';
import { rpc } from './chain.ts';

const test = withPools(config);

test.for(['ada', 'grace'])('%s sends ether on a chain of 5 blocks', async (_, { chain, expect }) => {
  const { url } = chain.opened;
  const [from, to] = await rpc<string[]>(url, 'eth_accounts');
  const balance = await rpc(url, 'eth_getBalance', to, 'latest');
  await rpc(url, 'eth_sendTransaction', { from, to, value: '0x1' });
  // It is mined a moment after the answer.
  await expect.poll(() => rpc(url, 'eth_blockNumber'), { timeout: 20_000 }).toBe('0x6');
  expect(BigInt(await rpc(url, 'eth_getBalance', to, 'latest'))).toBe(BigInt(balance) + 1n);
});
