/** How Vitest treats golden files: as its snapshots. A test that compares with one loads this. */
import type { Goldens } from 'carpool/adapter/current-test';
import type { RunnerTestCase } from 'vitest';

/** What Vitest keeps of its worker, in all its versions. Its config is that of this run: `u` in watch mode changes it. */
interface Worker {
  readonly __vitest_worker__?: {
    readonly config: { readonly snapshotOptions: { readonly updateSnapshot: 'all' | 'new' | 'none' } };
  };
}

/** @param task the test that compares; undefined where that is not known */
export function goldensOf(file: string, task: RunnerTestCase | undefined): Goldens {
  const update = (globalThis as Worker).__vitest_worker__?.config.snapshotOptions.updateSnapshot ?? 'none';
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
