const { withPools } = require('@carpool/jest');

const test = withPools();

test('pools may be plain data', async ({ echo }) => {
  expect(await echo.request({ type: 'set', value: 1 })).toMatchObject({ value: 1 });
});

test('the options are no global of the tests', () => {
  expect(globalThis).not.toHaveProperty('carpool');
  expect(globalThis).toHaveProperty('another');
});
