import { createTest } from '@carpool/vitest';
import { expect } from 'vitest';
import config from './carpool.config.ts';

const holding = createTest(config, { scope: { taken: 'file' } });
const test = createTest(config);

holding('a file holds the only slot', ({ taken }) => {
  expect(taken.id).toBeDefined();
});

test('must fail: and the error says who holds it', ({ taken }) => {
  expect(taken).toBeUndefined();
});
