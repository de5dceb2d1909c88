const { createTest } = require('@carpool/jest');

const test = createTest();

test('what they held is free again', async ({ narrow }) => {
  expect(await narrow.request({ type: 'get' })).not.toHaveProperty('value');
});
