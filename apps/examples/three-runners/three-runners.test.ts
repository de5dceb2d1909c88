/** The part of the demo in which three runners share one renderer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { census } from 'carpool/testing';
import { expect, onTestFinished, test } from 'vitest';
import { threeRunners } from '../demo/three-runners.ts';

test('three runners at once share one host and one child, and leave nothing behind', { timeout: 180_000 }, async () => {
  const place = mkdtempSync(join(tmpdir(), 'cp-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const { runners, summary } = await threeRunners({
    folder: 'three-runners',
    pool: 'renderer',
    env: { TMPDIR: place },
  });
  expect(runners.map(({ name }) => name).toSorted()).toEqual(['Jest', 'Playwright Test', 'Vitest']);
  const sessions = runners.reduce((sum, { passed }) => sum + passed, 0);
  expect(sessions).toBe(18);
  // One summary, of one host: it counts the sessions of all three.
  expect(summary).toMatch(new RegExp(`^1 child, ${sessions} sessions, peak [1-4], longest wait \\d+ ms`));
  expect(census(place)).toEqual({ pids: [], folders: [] });
});
