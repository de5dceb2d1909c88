/** The same suite under every version and kind of worker: one child, a session for each test, nothing left behind. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts, summaryOf, testNamed } from '@carpool/test-harness/expect';
import type { Outcome } from '@carpool/test-harness';
import { majors, Project } from './harness.ts';

/** For each worker, how many sockets were open at the beginning of its files. */
function socketsByWorker(outcome: Outcome): number[][] {
  const files = outcome.tests.map(({ meta }) => meta as { worker?: string; sockets?: number });
  const counted = Map.groupBy(files, ({ worker }) => worker).values();
  return [...counted].map((of) => of.flatMap(({ sockets }) => sockets ?? [])).filter(({ length }) => length > 0);
}

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
    project.write('sockets-b.test.ts', project.read('sockets-a.test.ts'));
    const shared = isolation === 'not isolated';
    // Vitest 3 does not let a file set the time-out of extended tests.
    const args = [`--pool=${pool}`, ...(major === 3 ? ['--testTimeout=3000'] : [])];
    const outcome = await project.run([...args, ...(shared ? ['--no-isolate', '--maxWorkers=1'] : [])]);
    expectVerdicts(outcome, 36);
    expect(outcome.code).toBe(1);
    expect(summaryOf(outcome, 'echo')).toMatch(
      /^carpool: echo: 1 child, [34]\d sessions, peak \d+, longest wait \d+ ms/,
    );
    for (const seen of workerSessions(outcome).values()) {
      const sessions = new Set(seen.map((meta) => (meta as { session: string }).session));
      expect(sessions.size).toBe(shared ? 1 : seen.length);
    }
    const growth = socketsByWorker(outcome).map((counts) => Math.max(...counts) - Math.min(...counts));
    expect(growth.filter((grown) => grown > 0 && !shared)).toEqual([]);
    const evidence = [{ pool: 'echo', stderr: expect.stringContaining('the child saw something odd') }];
    expect(testNamed(outcome, 'must fail: an assertion').meta).toMatchObject({ carpool: evidence });
    const output = outcome.stdout + outcome.stderr;
    // Under the difference, which reporters print under the message.
    expect(output).toMatch(
      /\+ 1\n\n── echo, session \S+ ──\nlast messages:\n[^]*?end of its stderr:\n {2}│ the child saw something odd\n/,
    );
    const block = /must fail: a child that dies\n([^]*?)\n⎯/.exec(output)?.[1] ?? '';
    const [died = '', ...attached] = block.split('\n ❯ carpool\n');
    expect(attached).toEqual(['   ↳ evidence of narrow, attached for reports\n']);
    // Once, and with no stack but that of the test.
    expect(died.split('│ last words')).toHaveLength(2);
    expect(died).not.toContain('Serialized Error');
    expect(died.match(/^ ❯ .*$/gm)).toEqual([expect.stringMatching(/failing\.test\.ts:\d+:\d+$/)]);
    expect(died).toMatch(
      /\nCaused by: CarpoolError \[CHILD_EXITED\]: .* exited with code 3, \d+ ms after its start, with one session open: session s\d+ of .*failing\.test\.ts\)$/,
    );
  });
});
