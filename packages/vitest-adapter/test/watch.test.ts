/** Watch mode: the host and its child outlive re-runs, and follow the config and what the child was started from. */
import { describe, expect, test } from 'vitest';
import type { Running } from '@carpool/test-harness';
import { majors, Project } from './harness.ts';

/** The child of the next run, once Vitest waits for changes again. */
async function childOfNextRun(running: Running): Promise<number> {
  const [, child] = await running.until(/child (\d+)\./);
  await running.until(/(Waiting|Watching) for file changes/);
  return Number(child);
}

describe.for(majors)('Vitest %s', (major) => {
  test('one child serves all re-runs until the config is edited', async () => {
    using project = new Project(major, 'watch');
    const running = project.start(['watch']);
    const first = await childOfNextRun(running);

    project.edit('watch.test.ts', 'reports its', 'reports the');
    expect(await childOfNextRun(running)).toBe(first);
    // Of this run alone.
    await running.printed(/carpool: echo: 1 child, 1 session,(?:[^]*)carpool: echo: 1 child, 1 session,/);

    // No test imports the script of the child, nor what its config watches.
    project.touch('child.mjs');
    const other = await childOfNextRun(running);
    expect(other).not.toBe(first);
    project.write('data/rates.csv', 'EUR,1\n');
    const third = await childOfNextRun(running);
    expect(third).not.toBe(other);

    project.edit('carpool.config.ts', 'maxSessions: 16', 'maxSessions: 15');
    const fourth = await childOfNextRun(running);
    expect(fourth).not.toBe(third);

    project.edit('carpool.config.ts', 'maxSessions: 15', 'maxSession: 15');
    await running.until(/(Waiting|Watching) for file changes/);
    await running.printed(/not valid at `pools\.echo\.maxSession`/);
    project.edit('carpool.config.ts', 'maxSession: 15', 'maxSessions: 15');
    const fifth = await childOfNextRun(running);

    // Vitest tears down and sets up again, in the same process.
    project.edit('vitest.config.ts', 'plugins:', 'test: { testTimeout: 20_000 }, plugins:');
    expect(await childOfNextRun(running)).not.toBe(fifth);

    running.kill('SIGTERM');
    expect((await running.outcome).left).toEqual([]);
  });

  test('a child or a host that was killed is replaced in the next run', async () => {
    using project = new Project(major, 'watch');
    const running = project.start(['watch']);
    const first = await childOfNextRun(running);
    process.kill(first, 'SIGKILL');
    project.edit('watch.test.ts', 'reports its', 'reports the');
    const second = await childOfNextRun(running);
    expect(second).not.toBe(first);

    process.kill(running.host(), 'SIGKILL');
    project.edit('watch.test.ts', 'reports the', 'reports its');
    expect(await childOfNextRun(running)).not.toBe(second);
    running.kill('SIGINT');
    expect((await running.outcome).left).toEqual([]);
  });
});
