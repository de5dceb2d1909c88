const { register, withPools } = require('@carpool/jest');

const carpoolTest = withPools();

carpoolTest('must fail: a fixture', async ({ echo }) => {
  await echo.request({ type: 'get' });
});

test('must fail: a session by hand', async () => {
  await register('echo');
});

test('a test without a pool runs normally', () => {
  expect(1).toBe(1);
});
