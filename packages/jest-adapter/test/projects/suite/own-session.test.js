const { withPools } = require('@carpool/jest');

const test = withPools();
const earlier = [];

test('every test has a session of its own', async ({ echo }) => {
  await echo.request({ type: 'set', value: 1 });
  expect(await echo.request({ type: 'get' })).toMatchObject({ value: 1 });
  earlier.push(echo.id);
});

test('a session knows nothing of the one before it', async ({ echo }) => {
  expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
  expect(earlier).not.toContain(echo.id);
});

test('the sessions of earlier tests are gone from the child', async ({ echo }) => {
  const { sessions } = await echo.request({ type: 'who' });
  expect(earlier).toHaveLength(1);
  expect(sessions).not.toContain(earlier[0]);
});

test('`carpool` registers more of them', async ({ echo, carpool }) => {
  const second = await carpool.echo.register();
  const third = await carpool.echo.register({ owner: 'third' });
  expect(new Set([echo.id, second.id, third.id]).size).toBe(3);
  await second.request({ type: 'set', value: 2 });
  expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
  await third.unregister();
  earlier.push(second.id, third.id);
});

test('what `carpool` registered ended with its test', async ({ echo }) => {
  const { sessions } = await echo.request({ type: 'who' });
  for (const id of earlier) expect(sessions).not.toContain(id);
});

test('a test without a pool runs normally', () => {
  expect(earlier).toHaveLength(3);
});
