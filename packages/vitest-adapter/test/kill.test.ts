/** A runner, host or worker that is killed at any time leaves nothing behind, and no slot is lost. */
import { describe, expect, test } from 'vitest';
import { testNamed } from '@carpool/test-harness/expect';
import { ends, majors, Project, reasonBefore4 } from './harness.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
const args = ['--testTimeout=60000', '--disable-console-intercept', '--maxWorkers=3'];

/** When the runner is killed: after it has printed this. */
const moments = [
  { moment: 'before it says anything', files: ['passes'], printed: undefined },
  { moment: 'while its host starts', files: ['passes'], printed: /RUN/ },
  { moment: 'while a session is open', files: ['holds'], printed: /holding/ },
  {
    moment: 'while a test waits for a slot',
    files: ['holds', 'waits'],
    printed: /holding[^]*waiting|waiting[^]*holding/,
  },
  { moment: 'while it tears down', files: ['passes'], printed: /Test Files/ },
];

// The rest is as in 5, with which it shares its kind of pool.
test('Vitest 4: a runner killed by SIGKILL while a session is open leaves nothing behind', async () => {
  using project = new Project(4, 'kill');
  const running = project.start(['run', 'holds', ...args]);
  await running.until(/holding/);
  running.kill('SIGKILL');
  expect((await running.outcome).left).toEqual([]);
});

// The two kinds of pool that versions have: that of 3, and that of 4 and 5.
describe.for(ends)('Vitest %s', (major) => {
  test.for(moments)('a runner killed $moment leaves nothing behind', async ({ files, printed }) => {
    using project = new Project(major, 'kill');
    const outcomes = signals.map(async (signal) => {
      const running = project.start(['run', ...files, ...args]);
      if (printed === undefined) await running.started();
      else await running.until(printed);
      running.kill(signal);
      const { left } = await running.outcome;
      return { signal, left };
    });
    expect(await Promise.all(outcomes)).toEqual(signals.map((signal) => ({ signal, left: [] })));
  });
});

describe.for(majors)('Vitest %s', (major) => {
  test('a host that dies fails the pending calls, and the run ends', async () => {
    using project = new Project(major, 'kill');
    // Its folder stays until the next host of this user removes it.
    const running = project.start(['run', 'holds', ...args], { leaves: /^carpool-/ });
    await running.until(/holding/);
    process.kill(running.host(), 'SIGKILL');
    const outcome = await running.outcome;
    expect(testNamed(outcome, 'holds a slot').messages.join('\n')).toContain('the connection to the host');
    expect(outcome.left).toEqual([]);
  });

  test.runIf(major > 3)(`a run that is cancelled waits for no slot${reasonBefore4(major)}`, async () => {
    using project = new Project(major, 'kill');
    const running = project.start(['run', 'holds', 'waits', 'fails', '--bail=1', ...args]);
    await running.until(/holding/);
    const since = performance.now();
    const outcome = await running.outcome;
    expect(performance.now() - since).toBeLessThan(20_000);
    expect(outcome.left).toEqual([]);
  });

  // Vitest 3 does not survive the death of a worker: it reports it and ends.
  test.runIf(major > 3)(`a worker killed by SIGKILL gives its slot back${reasonBefore4(major)}`, async () => {
    using project = new Project(major, 'kill');
    const outcome = await project.run(['dies', 'survives', '--pool=forks', ...args]);
    expect(testNamed(outcome, 'takes the slot').status).toBe('passed');
    expect(outcome.code).not.toBe(0);
    expect(outcome.left).toEqual([]);
  });
});
