/** Watch mode, and runs, workers and set-up files that end badly. */
import { addressVariable, startHost } from 'carpool/adapter/main-process';
import { describe, expect, test } from 'vitest';
import { expectVerdicts, summaryOf, testNamed } from '@carpool/test-harness/expect';
import type { Running } from '@carpool/test-harness';
import { majors, Project } from './harness.ts';

/** The child that the next run of both files talks with. */
async function childOf(running: Running): Promise<string> {
  const [[first], [second]] = [await running.until(/child \d+/), await running.until(/child \d+/)];
  expect(first).toBe(second);
  await running.until(/carpool: echo: .*/);
  return first;
}

describe.for(majors)('Jest %s', (major) => {
  test.for([
    ['forks', '--maxWorkers=2'],
    ['the main process', '--runInBand'],
  ])('runs of a watch session in %s share one child, until the config, or its script, is edited', async ([, mode]) => {
    using project = new Project(major, 'watch');
    const running = project.start(['--watchAll', mode as string]);
    const first = await childOf(running);
    project.edit('a.test.js', 'value: 1', 'value: 2');
    expect(await childOf(running)).toBe(first);
    project.edit('carpool.config.mjs', 'export default', '\nexport default');
    project.edit('a.test.js', 'value: 2', 'value: 3');
    const second = await childOf(running);
    expect(second).not.toBe(first);
    project.touch('child.mjs');
    expect(await childOf(running)).not.toBe(second);
    running.process.kill('SIGINT');
    expect((await running.outcome).left).toEqual([]);
  });

  test.for(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'a run that %s ends leaves nothing behind',
    async (signal) => {
      using project = new Project(major, 'leaks');
      const running = project.start(['waits', 'after', '--maxWorkers=2']);
      await running.until(/waiting now/);
      running.process.kill(signal);
      expect((await running.outcome).left).toEqual([]);
    },
  );

  test('a worker that is killed, or that exits, releases what it held', async () => {
    using project = new Project(major, 'leaks');
    const outcome = await project.run(['killed', 'exits', 'after', '--maxWorkers=2']);
    expect(testNamed(outcome, 'what they held is free again').status).toBe('passed');
    // Jest runs a file again if its worker exits.
    expect(testNamed(outcome, 'a test that calls `process.exit`').status).toBe('passed');
    expect(summaryOf(outcome, 'narrow')).toContain('1 child, 4 sessions, peak 1');
    expect(outcome.left).toEqual([]);
  });

  test('a file whose set-up fails releases what it held', async () => {
    using project = new Project(major, 'leaks');
    const outcome = await project.run(['after', 'fails', 'held', '--runInBand', '--setupFiles', './setup-file.js']);
    expect(outcome.files.filter(({ message }) => message.includes('the set-up file fails on purpose'))).toHaveLength(1);
    expect(summaryOf(outcome, 'narrow')).toContain('1 child, 2 sessions, peak 1');
    expect(outcome.left).toEqual([]);
  });

  test('a session that does not end delays no other test', async () => {
    using project = new Project(major, 'leaks');
    const outcome = await project.run(['stubborn']);
    expectVerdicts(outcome, 1);
    expect(summaryOf(outcome, 'stubborn')).toContain('1 slot quarantined');
  });

  test('a run joins a running host, and leaves it running', async () => {
    using project = new Project(major, 'leaks');
    await using host = await startHost({ root: project.folder });
    const outcome = await project.run(['after', '--runInBand'], { env: { [addressVariable]: host.address } });
    expectVerdicts(outcome, 1);
    expect(summaryOf(outcome, 'narrow')).toBeUndefined();
    const { pools } = await host.summary();
    expect(pools.find(({ name }) => name === 'narrow')).toMatchObject({ children: 1, sessions: 1, open: 0 });
  });
});
