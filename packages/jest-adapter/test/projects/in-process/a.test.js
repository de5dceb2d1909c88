const { exchanged } = require('./pool.js');

test('of a', async () => {
  expect(await exchanged('of a')).toMatchObject({ value: 'of a' });
});
