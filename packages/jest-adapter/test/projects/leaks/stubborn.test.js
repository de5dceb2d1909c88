const { createTest } = require('@carpool/jest');

const test = createTest();

test('a session whose end is not confirmed holds nobody up', async ({ stubborn }) => {
  await stubborn.request({ type: 'get' });
});
