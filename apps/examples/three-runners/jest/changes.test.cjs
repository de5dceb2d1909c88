const { withPools } = require('@carpool/jest');
const { page, wordsOn } = require('./page.cjs');

const test = withPools();

test('shows the newest page', async ({ renderer }) => {
  for (const words of ['one', 'two', 'three']) renderer.send({ type: 'snapshot', tree: page(words) });
  expect(await wordsOn(renderer)).toBe('three');
});
