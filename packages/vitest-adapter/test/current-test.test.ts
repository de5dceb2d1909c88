/** The owners around a call: the file, which begins before its tests and ends after them, the test, and the worker. */
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectVerdicts, testNamed } from '@carpool/test-harness/expect';
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

describe.for(majors)('Vitest %s', (major) => {
  let started: Promise<Run> | undefined;
  /** One run for all tests that only look at it. */
  const inForks = (): Promise<Run> => (started ??= runIn(major, ['--pool=forks']));

  test.for([
    ['forks', []],
    ['threads', []],
    ['vmThreads', []],
    ['forks', ['--no-isolate', '--maxWorkers=1']],
    ['threads', ['--no-isolate', '--maxWorkers=1']],
  ] as const)('in %s, %j, a file is there before its tests and after them', async ([pool, args]) => {
    const plain = pool === 'forks' && args.length === 0;
    const { outcome, seen } = await (plain ? inForks() : runIn(major, [`--pool=${pool}`, ...args]));
    expectVerdicts(outcome, 13 + 2 + 1 + 3 + 1);
    // What fails at its end is a failure of the file.
    expect(outcome.files.flatMap(({ file, message }) => (message === '' ? [] : [[basename(file), message]]))).toEqual([
      ['untidy.test.ts', expect.stringContaining('left untidy')],
    ]);
    const order = (file: string): string => lettersOf(seen.filter((event) => event.file?.includes(file)));
    expect(order('a.test')).toMatch(/^JRt+EX$/);
    expect(order('b.test')).toMatch(/^JRt+EX$/);
    expect(order('refused.test')).toBe('JREX');
    // Its hooks do not run: it ends when the next file begins, or with the worker, as in vmThreads.
    expect(order('empty.test')).toMatch(/^J(?:EX)?$/);
    // In a worker that has many, one file after another.
    const closed = pool === 'vmThreads' ? seen.filter(({ file }) => file?.includes('empty.test') !== true) : seen;
    for (const events of Map.groupBy(closed, ({ worker }) => worker).values()) {
      expect(lettersOf(events).replaceAll(/[^JX]/g, '')).toMatch(/^(?:JX)*J?$/);
    }
  });

  test('a call knows its test', async () => {
    const run = await inForks();
    const seen = run.seen.filter(({ file }) => file?.includes('a.test') === true);
    const outside = seen.filter(({ event }) => event === 'top level' || event.endsWith('All'));
    expect(outside.map(({ event, test: found }) => [event, found])).toEqual([
      ['top level', 'none'],
      ['beforeAll', 'none'],
      ['afterAll', 'none'],
    ]);
    const inside = seen.filter(({ event }) => /test|attempt|concurrent|Each|late/.test(event));
    expect(inside.filter(({ test: found = '', file = '' }) => !found.startsWith(`${file} > `))).toEqual([]);
    expect(new Set(inside.map(({ test: found }) => found)).size).toBe(2 + 3 + 7 + 1);
    // Vitest 3 does not say to which test such a hook belongs.
    const hooks = seen.filter(({ event }) => event === 'hook side by side').map(({ test: found }) => found);
    const reported = major === 3 ? /^LEASE_INVALID: .* write `scope: 'file'`/ : /\.test\.ts \S+ > /;
    expect(hooks).toEqual(Array.from({ length: 7 }, () => expect.stringMatching(reported)));
  });

  test('a file whose shared workers are not ready fails each of its tests with the reason', async () => {
    const { outcome } = await inForks();
    const tests = outcome.tests.filter(({ file }) => file.includes('refused'));
    expect(tests).toHaveLength(3);
    for (const { messages } of tests) expect(messages.join('\n')).toContain('The worker is not ready');
  });

  test('a test that fails says what is known of the shared workers of its file', async () => {
    const { outcome } = await inForks();
    expect(testNamed(outcome, 'must fail').meta).toMatchObject({ carpool: [{ stderr: 'it said something odd' }] });
    expect(outcome.stdout + outcome.stderr).toContain('end of its stderr:\n  │ it said something odd');
  });

  test('the set-up file may be listed by hand', async () => {
    using project = new Project(major, 'current-test');
    const setup = `setupFiles: ['@carpool/vitest/setup'], globalSetup: ['@carpool/vitest/global-setup'],`;
    project.edit('vitest.config.ts', 'plugins: [carpool()],', '');
    project.edit('vitest.config.ts', 'test: {', `test: { ${setup}`);
    project.edit('vitest.config.ts', 'deps: {', `deps: { inline: ['@carpool/vitest'],`);
    const outcome = await project.run(['--no-isolate', '--maxWorkers=1', 'a.test', 'b.test']);
    expectVerdicts(outcome, 13 + 2);
    expect(seenIn(project).filter(({ event }) => event === 'ended')).toHaveLength(2);
  });
});
