import clock from 'plushie/examples/clock';
import { testWith } from 'plushie/testing';
import { expect, vi } from 'vitest';
import { options, sameAsGolden } from '../golden.ts';

// Before the app is imported: it reads the time of its first picture then.
vi.hoisted(() => vi.setSystemTime(new Date(2026, 0, 1, 12, 0, 0)));

const test = testWith(clock, options);

test('shows the time', async ({ session }) => {
  expect((await session.find('clock_display'))?.text).toBe(new Date().toLocaleTimeString());
  await sameAsGolden(session, 'clock-noon');
});

test('shows the new time after a tick', async ({ session }) => {
  vi.setSystemTime(new Date(2026, 0, 1, 12, 0, 1));
  session.timer('tick');
  expect((await session.find('clock_display'))?.text).toBe(new Date().toLocaleTimeString());
  await sameAsGolden(session, 'clock-a-second-later');
});
