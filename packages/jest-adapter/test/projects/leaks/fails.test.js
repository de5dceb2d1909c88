const { withPools } = require('@carpool/jest');

const test = withPools();

test('must fail: a run that bails out', async ({ echo }) => {
  await echo.request({ type: 'get' });
  throw new Error('on purpose');
});
