const { withPools } = require('@carpool/jest');

const test = withPools();

test('a run that is interrupted', async ({ echo }) => {
  await echo.request({ type: 'get' });
  process.stderr.write('waiting now\n');
  await new Promise(() => {});
}, 3_000);
