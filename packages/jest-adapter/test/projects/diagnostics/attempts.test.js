const { withPools } = require('@carpool/jest');

jest.retryTimes(1);

let attempts = 0;
withPools()('another attempt is not concerned', async ({ strict }) => {
  attempts += 1;
  if (attempts === 1) strict.send({ type: 'fault', message: 'a wrong attempt' });
});
