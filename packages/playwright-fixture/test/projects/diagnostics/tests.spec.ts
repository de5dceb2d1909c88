import { register, withPools } from '@carpool/playwright';
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

test('a test that is meant to fail may fail like that', async ({ strict }) => {
  test.fail();
  strict.send({ type: 'fault', message: 'as expected' });
});

test.describe('with another attempt', () => {
  test.describe.configure({ retries: 1 });
  test('the second is not concerned by the first', async ({ strict }, { retry }) => {
    if (retry === 0) strict.send({ type: 'fault', message: 'a wrong attempt' });
  });
});

test.describe('with a hook', () => {
  test.beforeEach(async () => {
    const session = await register('strict');
    session.send({ type: 'fault', message: 'a wrong hook' });
  });
  test('must fail: a session of a hook', () => {});
});
