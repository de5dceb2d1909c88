const { exchanged } = require('./pool.js');

test('of b', async () => {
  expect(await exchanged('of b')).toMatchObject({ value: 'of b' });
});
