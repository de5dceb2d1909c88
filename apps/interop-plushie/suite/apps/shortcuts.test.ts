import shortcuts from 'plushie/examples/shortcuts';
import { testWith } from 'plushie/testing';
import { expect } from 'vitest';
import { options, sameAsGolden } from '../golden.ts';

const test = testWith(shortcuts, options);

test('begins with an empty log', async ({ session }) => {
  expect(session.model()).toEqual({ log: [], count: 0 });
  await sameAsGolden(session, 'shortcuts-empty');
});

test('logs a key with its modifier', async ({ session }) => {
  await session.press('ctrl+s');
  expect(session.model()).toEqual({ log: ['#1: Ctrl+s'], count: 1 });
  await sameAsGolden(session, 'shortcuts-one');
});

test('logs a key once that is pressed and released', async ({ session }) => {
  await session.typeKey('Enter');
  expect(session.model()).toMatchObject({ count: 1 });
});

test('logs no release', async ({ session }) => {
  await session.press('a');
  await session.release('a');
  expect(session.model()).toMatchObject({ count: 1 });
});

test('keeps fifty keys, the newest first', async ({ session }) => {
  for (let i = 0; i < 60; i += 1) await session.press('a');
  expect(session.model()).toMatchObject({ count: 60 });
  expect(session.model()['log']).toHaveLength(50);
  expect((await session.find('log_0'))?.text).toBe('#60: a');
  await sameAsGolden(session, 'shortcuts-sixty');
});
