import { withPools } from '@carpool/vitest';
import { defineConfig } from 'carpool';
import { expect, test as plain } from 'vitest';
import config from './carpool.config.ts';

const another = withPools(defineConfig({ pools: { renderer: { command: 'renderer' } } }));
const test = withPools(config);

another('must fail: a pool of another config', ({ renderer }) => void renderer);

test('must fail: a name that is no pool', async ({ carpool }) => {
  // @ts-expect-error: no pool has this name
  await carpool.ecko.register();
});

plain('a pool may not have the name of something that Vitest gives', () => {
  const wrong = defineConfig({ pools: { expect: { command: 'x' } } });
  expect(() => withPools(wrong)).toThrow('Cannot make a fixture of the pool "expect"');
});

test('must fail: a full pool', async ({ narrow, carpool }) => {
  void narrow;
  await carpool.narrow.register({ wait: false });
});
