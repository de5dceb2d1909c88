const { withPools } = require('@carpool/jest');

withPools({ scope: { strict: 'file' } })('a session of the file', async ({ strict }) => {
  strict.send({ type: 'fault', message: 'a wrong file' });
});
