const { withPools } = require('@carpool/jest');

const shared = withPools({ scope: { echo: 'worker' } });

shared('a worker has one session for its tests', async ({ echo: all }) => {
  const { value = 0 } = await all.request({ type: 'get' });
  await all.request({ type: 'set', value: value + 1 });
  process.stderr.write(`test ${value + 1} of this worker\n`);
});
