const { register } = require('@carpool/jest');

test('a global setup of its own has sessions', async () => {
  const echo = await register('echo');
  expect(await echo.request({ type: 'set', value: 1 })).toMatchObject({ value: 1 });
  expect(process.env['OWN_SETUP']).toBe('done');
});
