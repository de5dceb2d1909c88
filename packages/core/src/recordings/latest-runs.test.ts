import { expect, test } from 'vitest';
import type { Recording } from '../replay/recorded-session.ts';
import { latestRuns } from './latest-runs.ts';

/** `[session, test, run]` of each, in the order of their opening. */
function file(
  zero: number,
  ...sessions: readonly (readonly [string, string, number])[]
): Parameters<typeof latestRuns>[0][number] {
  const recordings = sessions.map(([s, of, run], at): Recording => {
    const head = { s, t: at, line: at + 2, inRun: run, pool: 'shop', test: of, file: 'cart.test.ts' };
    return { head, load: () => ({ ...head, events: [], dropped: 0, isCut: false }) };
  });
  return { header: { carpoolTranscript: 1, carpool: '1', folder: '', pid: 1, zero }, recordings };
}

const chosen = (...files: Parameters<typeof latestRuns>[0]): string[] => latestRuns(files).map(({ head }) => head.s);

test('of each test the sessions of its last run count, in the order of their opening', () => {
  const watched = file(1, ['a1', 'a', 1], ['b1', 'b', 1], ['a2', 'a', 2], ['c2', 'c', 2], ['a3', 'a', 2]);
  expect(chosen(watched)).toEqual(['b1', 'a2', 'c2', 'a3']);
  // A later file, whatever its place, before which nothing of that test counts.
  expect(chosen(file(2, ['d1', 'a', 1]), watched)).toEqual(['b1', 'c2', 'd1']);
});

test('one that was opened ahead in the run before is of the run that has taken it', () => {
  expect(chosen(file(1, ['ahead', 'a', 2], ['a1', 'a', 1], ['a2', 'a', 2]))).toEqual(['ahead', 'a2']);
});
