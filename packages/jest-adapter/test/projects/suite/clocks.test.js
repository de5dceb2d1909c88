const { withPools } = require('@carpool/jest');

const test = withPools();

afterEach(() => jest.useRealTimers());

test.each([
  ['', {}],
  [' of old', { legacyFakeTimers: true }],
])('sessions go on while the clock%s stands still', async (_, options, { echo, carpool }) => {
  jest.useFakeTimers(options);
  expect(await echo.request({ type: 'set', value: 1 })).toMatchObject({ value: 1 });
  const second = await carpool.echo.register({ timeout: 5_000 });
  expect(await second.request({ type: 'get' }, { timeout: 5_000 })).not.toHaveProperty('value');
  await second.unregister();
});

test('the start of a child is not on the clock of the test', async ({ slow }) => {
  await slow.request({ type: 'get' });
}, 1_000);
