/** The owners around a call: the file, which begins before its tests and ends after them, the test, and the worker. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts, messageOf } from '@carpool/test-harness/expect';
import { lettersOf, seenIn, type Outcome, type Seen } from '@carpool/test-harness';
import { type Major, majors, Project } from './harness.ts';

interface Run {
  readonly outcome: Outcome;
  readonly seen: readonly Seen[];
}

async function runIn(major: Major, args: readonly string[]): Promise<Run> {
  using project = new Project(major, 'current-test');
  const outcome = await project.run(args);
  return { outcome, seen: seenIn(project) };
}

describe.for(majors)('Jest %s', (major) => {
  let started: Promise<Run> | undefined;
  /** One run for all tests that only look at it. */
  const inProcesses = (): Promise<Run> => (started ??= runIn(major, ['--maxWorkers=2']));

  test.for([
    ['forks', ['--maxWorkers=2']],
    ['threads', ['--maxWorkers=2', '--workerThreads']],
    ['the main process', ['--runInBand']],
  ] as const)('in %s, a file is there before its tests and after them', async ([workers, args]) => {
    const { outcome, seen } = await (workers === 'forks' ? inProcesses() : runIn(major, args));
    expectVerdicts(outcome, 15 + 1 + 3 + 1);
    // What fails at its end is a failure of the file.
    expect(outcome.files.find(({ file }) => file.includes('untidy'))?.message).toContain('left untidy');
    const order = (file: string): string => lettersOf(seen.filter((event) => event.file?.includes(file)));
    expect(order('a.test')).toMatch(/^JRt+EX$/);
    expect(order('b.test')).toMatch(/^JRt+EX$/);
    expect(order('refused.test')).toBe('JREX');
    // In a worker that has many, one file after another.
    for (const events of Map.groupBy(seen, ({ worker }) => worker).values()) {
      expect(lettersOf(events).replaceAll(/[^JX]/g, '')).toMatch(/^(?:JX)*$/);
    }
  });

  test('a call knows its test', async () => {
    const { outcome, seen: all } = await inProcesses();
    const seen = all.filter(({ file }) => file?.includes('a.test') === true);
    const outside = seen.filter(({ event }) => event === 'top level' || event.endsWith('All'));
    expect(outside.map(({ event, test: found }) => [event, found])).toEqual([
      ['top level', 'none'],
      ['beforeAll', 'none'],
      ['afterAll', 'none'],
    ]);
    const inside = seen.filter(({ event }) => /test|attempt|concurrent|Each|late/.test(event));
    expect(inside.filter(({ test: found = '', file }) => !found.startsWith(`${file} > `))).toEqual([]);
    expect(new Set(inside.map(({ test: found }) => found)).size).toBe(2 + 3 + 7 + 1);
    expect(messageOf(outcome, 'must fail')).toContain('end of its stderr:\n  │ it said something odd');
  });

  test('a file whose shared workers are not ready fails each of its tests with the reason', async () => {
    const { outcome } = await inProcesses();
    const tests = outcome.tests.filter(({ file }) => file.includes('refused'));
    expect(tests).toHaveLength(3);
    for (const { messages } of tests) expect(messages.join('\n')).toContain('The worker is not ready');
  });
});
