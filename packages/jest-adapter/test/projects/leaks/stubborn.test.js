const { withPools } = require('@carpool/jest');

const test = withPools();

test('a session whose end is not confirmed delays no other test', async ({ stubborn }) => {
  await stubborn.request({ type: 'get' });
});
