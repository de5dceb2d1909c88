import asyncFetch from 'plushie/examples/async_fetch';
import { testWith } from 'plushie/testing';
import { expect, vi } from 'vitest';
import { options, sameAsGolden } from '../golden.ts';

vi.hoisted(() => vi.setSystemTime(new Date(2026, 0, 1, 12, 0, 0)));

const test = testWith(asyncFetch, options);

test('begins idle', async ({ session }) => {
  expect(session.model()).toMatchObject({ status: 'idle' });
  await sameAsGolden(session, 'async-fetch-idle');
});

test('says that it loads', async ({ session }) => {
  await session.click('fetch');
  expect((await session.find('status'))?.text).toBe('Loading...');
  await sameAsGolden(session, 'async-fetch-loading');
});

test('shows what came, when it has come', async ({ session }) => {
  await session.click('fetch');
  await vi.waitFor(() => expect(session.model()).toMatchObject({ status: 'done' }), { timeout: 4000 });
  expect((await session.find('result'))?.text).toContain('Fetched at 12:00:00');
  await sameAsGolden(session, 'async-fetch-done');
});
