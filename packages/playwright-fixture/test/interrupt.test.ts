/** A run that does not end by itself: nothing of it is left, however it was ended. */
import { expect, test } from 'vitest';
import { Project } from './harness.ts';

test.for(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
  'a run that gets %s leaves nothing behind',
  async (signal) => {
    using project = new Project('interrupt');
    const running = project.start(['test']);
    const [, pid] = await running.until(/the child is (\d+)/);
    expect(() => process.kill(Number(pid), 0)).not.toThrow();
    running.process.kill(signal);
    const outcome = await running.outcome;
    expect(outcome.code).not.toBe(0);
    expect(outcome.left).toEqual([]);
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  },
);

test('so does one that gets Ctrl-C in a terminal, with its workers', async () => {
  using project = new Project('interrupt');
  const running = project.start(['test']);
  const [, pid] = await running.until(/the child is (\d+)/);
  running.kill('SIGINT');
  const outcome = await running.outcome;
  expect(outcome).toMatchObject({ code: 130, left: [] });
  // The end of what the test waited for is no failure of the test.
  expect(outcome.stdout + outcome.stderr).not.toContain('SESSION_CLOSED');
  expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
});
