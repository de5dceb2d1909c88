import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import config from './carpool.config.ts';

const holding = withPools(config, { scope: { taken: 'file' } });
const test = withPools(config);

holding('a file holds the only slot', ({ taken }) => {
  expect(taken.id).toBeDefined();
});

test('must fail: the error names the holder', ({ taken }) => {
  expect(taken).toBeUndefined();
});
