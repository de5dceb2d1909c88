const { withPools } = require('@carpool/jest');
const { page, wordsOn } = require('./page.cjs');

const test = withPools();

test('shows words', async ({ renderer }) => {
  renderer.send({ type: 'snapshot', tree: page('Hello') });
  expect(await wordsOn(renderer)).toBe('Hello');
});

test('shows nothing of the test before', async ({ renderer }) => {
  expect(await wordsOn(renderer)).toBeUndefined();
});

test.concurrent.each(['one', 'two', 'three'])('shows %s beside the others', async (words, { renderer }) => {
  renderer.send({ type: 'snapshot', tree: page(words) });
  expect(await wordsOn(renderer)).toBe(words);
});
