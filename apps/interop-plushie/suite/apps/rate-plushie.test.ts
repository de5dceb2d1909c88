import ratePlushie from 'plushie/examples/rate_plushie';
import { testWith } from 'plushie/testing';
import { expect } from 'vitest';
import { options, sameAsGolden } from '../golden.ts';

const test = testWith(ratePlushie, options);

test('begins without a rating', async ({ session }) => {
  expect(session.model()).toMatchObject({ rating: 0, darkMode: false, errors: {} });
  await sameAsGolden(session, 'rate-plushie-first');
});

test('finds headings by their role', async ({ session }) => {
  expect(await session.findByRole('heading')).toMatchObject({ type: 'text' });
});

test('says what is missing', async ({ session }) => {
  await session.click('submit-review');
  expect(Object.keys(session.model()['errors'] as object).toSorted()).toEqual(['comment', 'name', 'rating']);
  expect(await session.find('review-name-error')).not.toBeNull();
  await sameAsGolden(session, 'rate-plushie-errors');
});

test('drops the error of a field that is filled', async ({ session }) => {
  await session.click('submit-review');
  await session.typeText('review-name', 'Ada');
  expect(session.model()).toMatchObject({ reviewName: 'Ada' });
  expect(await session.find('review-name-error')).toBeNull();
});

test('takes a comment of many lines', async ({ session }) => {
  await session.typeText('review-comment', 'Soft.\nVery soft.');
  expect(session.model()['reviewComment']).toContain('Soft.');
  await sameAsGolden(session, 'rate-plushie-comment');
});
