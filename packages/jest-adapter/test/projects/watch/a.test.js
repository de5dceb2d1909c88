const { withPools } = require('@carpool/jest');

const test = withPools();

test('a re-run finds the same child', async ({ echo }) => {
  const { pid } = await echo.request({ type: 'who' });
  process.stderr.write(`child ${pid}\n`);
  expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
  await echo.request({ type: 'set', value: 1 });
});
