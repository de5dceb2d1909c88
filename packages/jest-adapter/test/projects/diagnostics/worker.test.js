const { withPools } = require('@carpool/jest');

withPools({ scope: { strict: 'worker' } })('a session of the worker', async ({ strict }) => {
  strict.send({ type: 'fault', message: 'a wrong worker' });
  await strict.request({ type: 'get' });
});
