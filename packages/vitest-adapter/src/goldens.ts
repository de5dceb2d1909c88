/** How Vitest treats golden files: as its snapshots. A test that compares with one loads this. */
import type { Goldens } from 'carpool/adapter/current-test';
import { expect, type RunnerTestCase } from 'vitest';

/** The state of Vitest's snapshots in this file, which a user changes in watch mode by pressing `u`. */
interface SnapshotState {
  /** Since Vitest 4.1. */
  readonly snapshotUpdateState?: 'all' | 'new' | 'none';
  /** In Vitest 3. */
  readonly _updateSnapshot?: 'all' | 'new' | 'none';
}

/** @param task the test that compares; undefined where that is not known */
export function goldensOf(file: string, task: RunnerTestCase | undefined): Goldens {
  const state = expect.getState().snapshotState as unknown as SnapshotState | undefined;
  const update = state?.snapshotUpdateState ?? state?._updateSnapshot ?? 'none';
  // Absent in Vitest 3.1.
  const annotate = task?.context.annotate as RunnerTestCase['context']['annotate'] | undefined;
  return {
    file,
    update: update === 'new' ? 'missing' : update,
    accept: 'Vitest with -u',
    ...(annotate === undefined
      ? {}
      : {
          attach: async ({ name, path, contentType }) => {
            await annotate(name, { path, contentType });
          },
        }),
  };
}
