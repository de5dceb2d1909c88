/** The same suite under every version and kind of worker: one child, a session for each test, nothing left behind. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts, summaryOf, testNamed } from './harness/expectations.ts';
import { majors } from './harness/majors.ts';
import { Project, type Outcome } from './harness/project.ts';

/** Worker → the sessions that files saw as the one of their worker. */
function workerSessions(outcome: Outcome): Map<unknown, unknown[]> {
  const files = outcome.tests.filter(({ name }) => name === 'a worker may share one session');
  return Map.groupBy(
    files.map(({ meta }) => meta),
    ({ worker }) => worker,
  ) as Map<unknown, unknown[]>;
}

describe.for(majors)('Vitest %s', (major) => {
  test.for([
    ['forks', 'isolated'],
    ['threads', 'isolated'],
    ['vmForks', 'isolated'],
    ['vmThreads', 'isolated'],
    ['forks', 'not isolated'],
    ['threads', 'not isolated'],
  ])('a suite in %s, %s, shares one child and leaves nothing behind', async ([pool, isolation]) => {
    using project = new Project(major, 'suite');
    const shared = isolation === 'not isolated';
    // Vitest 3 does not let a file set the time-out of extended tests.
    const args = [`--pool=${pool}`, ...(major === 3 ? ['--testTimeout=1500'] : [])];
    const outcome = await project.run([...args, ...(shared ? ['--no-isolate', '--maxWorkers=1'] : [])]);
    expectVerdicts(outcome, 31);
    expect(outcome.code).toBe(1);
    expect(summaryOf(outcome, 'echo')).toMatch(/^carpool: echo: 1 child, 3\d sessions, peak \d+, longest wait \d+ ms$/);
    for (const seen of workerSessions(outcome).values()) {
      const sessions = new Set(seen.map((meta) => (meta as { session: string }).session));
      expect(sessions.size).toBe(shared ? 1 : seen.length);
    }
    const evidence = [{ pool: 'echo', stderr: expect.stringContaining('the child saw something odd') }];
    expect(testNamed(outcome, 'must fail: an assertion').meta).toMatchObject({ carpool: evidence });
    expect(outcome.stdout + outcome.stderr).toContain('end of its stderr:\n  the child saw something odd');
  });
});
