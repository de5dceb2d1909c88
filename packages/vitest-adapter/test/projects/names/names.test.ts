import { withPools } from '@carpool/vitest';
import { defineConfig, type Session } from 'carpool';
import { expect, test as plain } from 'vitest';
import config from './carpool.config.ts';

const another = withPools(defineConfig({ pools: { renderer: { command: 'renderer' } } }));
const test = withPools(config);

another('must fail: a pool of another config', ({ renderer }) => void renderer);

test('must fail: a name that is no pool', async ({ carpool }) => {
  // @ts-expect-error: no pool has this name
  await carpool.ecko.register();
});

// @ts-expect-error: no pool has this name
test('must fail: a fixture that is none', async ({ ecko }) => {
  await ecko.request({ type: 'get' });
});

plain('must fail: a test of Vitest itself', async ({ echo }: { echo?: Session }) => {
  await echo?.request({ type: 'get' });
});

plain.extend({ echo: 'its own' })('a fixture of the same name that is made for it', ({ echo }) => {
  expect(echo).toBe('its own');
});

plain('a pool may not have the name of something that Vitest gives', () => {
  const wrong = defineConfig({ pools: { expect: { command: 'x' } } });
  expect(() => withPools(wrong)).toThrow('Cannot make a fixture of the pool "expect"');
});

test('must fail: a program that is not there', ({ missing }) => void missing);

test('must fail: a full pool', async ({ narrow, carpool }) => {
  void narrow;
  await carpool.narrow.register({ wait: false });
});
