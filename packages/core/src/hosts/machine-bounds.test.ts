import { expect, test } from 'vitest';
import { boundsIn, otherBounds } from './machine-bounds.ts';

test.each([
  [{}, {}],
  [{ CARPOOL_MAX_CHILDREN: '', CARPOOL_MAX_MEMORY: '' }, {}],
  [
    { CARPOOL_MAX_CHILDREN: '8', CARPOOL_MAX_MEMORY: '1.5G' },
    { maxChildren: 8, maxMemory: 1.5 * 1024 ** 3 },
  ],
])('the environment %j has the bounds %j', (env, bounds) => {
  expect(boundsIn(env)).toEqual(bounds);
});

test.each([
  [{ CARPOOL_MAX_CHILDREN: '0' }, 'CARPOOL_MAX_CHILDREN is "0"; allowed: a whole number, at least 1'],
  [{ CARPOOL_MAX_MEMORY: '4 GB' }, 'CARPOOL_MAX_MEMORY is "4 GB"; allowed: a size, such as 512M or 4G'],
])('the environment %j has none, and the error says what is allowed', (env, message) => {
  expect(() => boundsIn(env)).toThrow(message);
  expect(otherBounds(env, {})).toEqual([expect.stringContaining(message)]);
});

test('a run that wants others than the host has is told which stay; one that says nothing, or the same, is told nothing', () => {
  const own = { maxChildren: 8, maxMemory: 4 * 1024 ** 3 };
  expect(otherBounds({}, own)).toEqual([]);
  expect(otherBounds({ CARPOOL_MAX_CHILDREN: '8', CARPOOL_MAX_MEMORY: '4G' }, own)).toEqual([]);
  const stays = 'which stays; CARPOOL_MAX_MEMORY=512M is for one that is started with it, after `carpool stop`';
  expect(otherBounds({ CARPOOL_MAX_MEMORY: '512M' }, own)).toEqual([
    `the host of this machine was started with 4G, ${stays}`,
  ]);
  expect(otherBounds({ CARPOOL_MAX_MEMORY: '512M' }, {})).toEqual([
    `the host of this machine was started without such a bound, ${stays}`,
  ]);
});
