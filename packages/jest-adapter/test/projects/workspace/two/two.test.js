const { withPools } = require('@carpool/jest');

const test = withPools();

test.each([1, 2])('projects have their sessions (%i)', async (value, { echo }) => {
  expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
  await echo.request({ type: 'set', value });
});
