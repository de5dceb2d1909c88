const { withPools } = require('@carpool/jest');

const test = withPools();

test('what they held is free again', async ({ narrow }) => {
  expect(await narrow.request({ type: 'get' })).not.toHaveProperty('value');
});
