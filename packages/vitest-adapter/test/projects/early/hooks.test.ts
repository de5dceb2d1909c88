import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config, { scope: { taken: 'file' } });
let ofFile: string;
let ofTest: string;

test.beforeAll(({ taken }) => {
  ofFile = taken.id;
});

test.afterEach(async ({ slow }) => {
  expect(await slow.request({ type: 'get' })).toHaveProperty('value');
});

test('a hook and its test have the same session', async ({ slow, taken }) => {
  expect(slow.id).toBe(ofTest);
  expect(taken.id).toBe(ofFile);
  expect(await slow.request({ type: 'get' })).toMatchObject({ value: 'by the hook' });
});

test('and the next test has the next one', async ({ slow }) => {
  expect(slow.id).toBe(ofTest);
  expect(await slow.request({ type: 'get' })).toMatchObject({ value: 'by the hook' });
});

// Defined after tests: with parallel hooks it runs while the attempt is being set up.
test.beforeEach(async ({ slow }) => {
  ofTest = slow.id;
  await slow.request({ type: 'set', value: 'by the hook' });
});
