import counter from 'plushie/examples/counter';
import { testWith } from 'plushie/testing';
import { expect } from 'vitest';
import { options, sameAsGolden } from '../golden.ts';

const test = testWith(counter, options);

test('begins at nought', async ({ session }) => {
  expect(session.model()).toEqual({ count: 0 });
  await sameAsGolden(session, 'counter-0');
});

test('counts up and down', async ({ session }) => {
  await session.click('inc');
  await session.click('inc');
  await session.click('dec');
  expect(session.model()).toEqual({ count: 1 });
  expect((await session.find('count'))?.text).toBe('Count: 1');
  await sameAsGolden(session, 'counter-1');
});

test('knows nothing of the test before', async ({ session }) => {
  expect((await session.find('count'))?.text).toBe('Count: 0');
});

test('counts a hundred clicks in order', async ({ session }) => {
  for (let i = 0; i < 100; i += 1) await session.click('inc');
  expect((await session.find('count'))?.text).toBe('Count: 100');
});

test('finds a button by its text', async ({ session }) => {
  expect(await session.findByText('+')).toMatchObject({ id: 'inc', type: 'button' });
});

test('finds nothing where there is nothing', async ({ session }) => {
  expect(await session.find('no-such-widget')).toBeNull();
});
