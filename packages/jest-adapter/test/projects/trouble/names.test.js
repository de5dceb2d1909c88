const { register, withPools } = require('@carpool/jest');

const fromHost = withPools();
const fromConfig = withPools({ pools: { renderer: { command: 'renderer' } } });

fromConfig('must fail: a pool of another config', async ({ renderer }) => {
  await renderer.request({ type: 'get' });
});

fromHost('must fail: a name that is no pool', async ({ ecko }) => {
  await ecko.request({ type: 'get' });
});

test('must fail: a name that is no pool, by hand', async () => {
  await register('ecko');
});

test('must fail: a test of Jest itself', async ({ echo }) => {
  await echo.request({ type: 'get' });
});

test.each([{ echo: 1 }])('a row of its own', ({ echo }) => {
  expect(echo).toBe(1);
});

fromHost.each([1])('must fail: fixtures that are not destructured', async (_, all) => {
  await all.echo.request({ type: 'get' });
});

test('must fail: a full pool', async () => {
  await register('narrow');
  await register('narrow', { wait: false });
});
