const { register, withPools } = require('@carpool/jest');

const carpoolTest = withPools();

carpoolTest('must fail: a fixture', async ({ strict }) => {
  strict.send({ type: 'fault', message: 'a wrong fixture' });
});

test('must fail: a session that the test itself has ended', async () => {
  const session = await register('strict');
  session.send({ type: 'fault', message: 'a wrong session' });
  await session.unregister();
});

carpoolTest.failing('a test that is meant to fail, and does', async ({ strict }) => {
  strict.send({ type: 'fault', message: 'as expected' });
  throw new Error('as expected');
});

carpoolTest.concurrent('must fail: one of two at the same time', async ({ strict }) => {
  strict.send({ type: 'fault', message: 'one of two' });
});

carpoolTest.concurrent('the other at the same time', async ({ strict }) => {
  expect(await strict.request({ type: 'get' })).toMatchObject({ type: 'reply' });
});

describe('with a hook', () => {
  beforeEach(async () => {
    const session = await register('strict');
    session.send({ type: 'fault', message: 'a wrong hook' });
  });
  test('must fail: a session of a hook', () => {});
});
