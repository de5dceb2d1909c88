import { withPools } from '@carpool/playwright';
import { expect, test as plain } from '@playwright/test';
import { defineConfig } from 'carpool';
import config from './carpool.config.ts';

const another = withPools(defineConfig({ pools: { renderer: { command: 'renderer' } } }));
const test = withPools(config);

another('must fail: a pool of another config', ({ renderer }) => void renderer);

plain('a pool may not have the name of something that Playwright gives', () => {
  const wrong = defineConfig({ pools: { page: { command: 'x' } } });
  expect(() => withPools(wrong)).toThrow('Cannot make a fixture of the pool "page"');
});

test('must fail: a full pool', async ({ narrow, carpool }) => {
  void narrow;
  await carpool.narrow.register({ wait: false });
});

test('must fail: a program that is not there', ({ missing }) => void missing);

test('must fail: it is reported again', ({ missing }) => void missing);
