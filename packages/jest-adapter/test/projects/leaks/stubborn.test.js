const { withPools } = require('@carpool/jest');

const test = withPools();

test('a session whose end is not confirmed holds nobody up', async ({ stubborn }) => {
  await stubborn.request({ type: 'get' });
});
