const { createTest } = require('@carpool/jest');

const test = createTest();

test('must fail: a run that bails out', async ({ echo }) => {
  await echo.request({ type: 'get' });
  throw new Error('on purpose');
});
