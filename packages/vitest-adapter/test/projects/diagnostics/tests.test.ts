import { register, withPools } from '@carpool/vitest';
import { beforeEach, describe, expect } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('must fail: a fixture', async ({ strict }) => {
  strict.send({ type: 'fault', message: 'a wrong fixture' });
});

test('must fail: a session that the test itself has ended', async ({ carpool }) => {
  const session = await carpool.strict.register();
  session.send({ type: 'fault', message: 'a wrong session' });
  await session.unregister();
});

test.fails('a test that is meant to fail may fail like that', async ({ strict }) => {
  strict.send({ type: 'fault', message: 'as expected' });
});

let attempts = 0;
// Vitest 3 does not let an extended test have options.
describe('with another attempt', { retry: 1 }, () => {
  test('the second is not concerned by the first', async ({ strict }) => {
    attempts += 1;
    if (attempts === 1) strict.send({ type: 'fault', message: 'a wrong attempt' });
  });
});

describe.concurrent('at the same time', () => {
  test('must fail: one', async ({ strict }) => {
    strict.send({ type: 'fault', message: 'one of two' });
  });
  test('the other', async ({ strict }) => {
    expect(await strict.request({ type: 'get' })).toMatchObject({ type: 'reply' });
  });
});

describe('with a hook', () => {
  beforeEach(async () => {
    const session = await register('strict');
    session.send({ type: 'fault', message: 'a wrong hook' });
  });
  test('must fail: a session of a hook', () => {});
});
