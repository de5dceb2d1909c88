/** One suite on the real runner: a session for each test on one child, whatever happens to tests and workers. */
import { beforeAll, describe, expect, test } from 'vitest';
import { expectVerdicts, messageOf, summaryOf, testNamed } from '@carpool/test-harness/expect';
import type { Outcome } from '@carpool/test-harness';
import type { PlaywrightResult } from '@carpool/test-harness/playwright';
import { placeOf, Project } from './harness.ts';

describe('a suite', () => {
  let outcome: Outcome<PlaywrightResult>;

  beforeAll(async () => {
    using project = new Project('suite');
    outcome = await project.run();
  }, 180_000);

  test('passes and fails as expected, and leaves nothing behind', () => {
    expectVerdicts(outcome, 33);
    expect(outcome.code).toBe(1);
  });

  test('shares one child, over retries, failures and killed workers', () => {
    expect(summaryOf(outcome, 'echo')).toMatch(/^carpool: echo: 1 child, \d+ sessions, peak \d+, longest wait \d+ ms/);
    expect(summaryOf(outcome, 'narrow')).toMatch(/3 children, .* 2 children failed$/);
    expect(
      new Set(outcome.tests.flatMap(({ attempts }) => attempts.map((one) => one.workerIndex))).size,
    ).toBeGreaterThan(9);
  });

  test('keeps the evidence of failing tests, and of no others', () => {
    const [attempt] = testNamed(outcome, 'must fail: an assertion').attempts;
    const evidence = { pool: 'echo', stderr: expect.stringContaining('the child saw something odd') };
    expect(attempt?.attached.get('carpool')).toMatchObject([evidence]);
    expect(attempt?.messages.join('\n')).toMatch(
      /Received: 1\n\n── echo, session \S+ ──\nlast messages:\n[^]*end of its stderr:\n {2}│ the child saw something odd\n {2}│ {5}at odd/,
    );
    // The stack of the child is not taken for the stack of the error.
    expect(attempt?.location).toContain(placeOf('suite', 'failing.spec.ts', "'it is so'"));
    for (const name of ['every test has a session of its own', 'meant to fail', 'skips itself']) {
      for (const { attached } of testNamed(outcome, name).attempts) expect([...attached.keys()]).toEqual([]);
    }
    expect(messageOf(outcome, 'something that is no error')).toMatch(/^'a string'\n\n── echo/);
    expect(messageOf(outcome, 'a hook after the test')).toContain('│ said before the hook failed');
    expect(messageOf(outcome, 'and its evidence is kept')).toContain('"of the worker"');
  });

  test('reports a dead child once, in the test that used it, with its last output', () => {
    const [attempt] = testNamed(outcome, 'a child that dies').attempts;
    const message = attempt?.messages.join('\n') ?? '';
    expect(message).toMatch(/the child exited with code 3\n--- end of stderr ---\n {2}│ last words\n {2}│ {5}at odd/);
    // Once, and with no frame of the child.
    expect(message.split('│ last words\n')).toHaveLength(2);
    expect(message).not.toMatch(/^ +at .*child\.mjs/m);
    expect(attempt?.location).toContain(placeOf('suite', 'failing.spec.ts', '// the line that killed it'));
  });

  test('shows where the report of a failed test is once, also after the end of its file', () => {
    // For a hook of the test file itself Playwright shows it again.
    const reports = outcome.stdout.match(/^ +Error Context: (?!.*\/time-out-).*$/gm) ?? [];
    expect(reports.length).toBeGreaterThan(1);
    expect(reports).toEqual([...new Set(reports)]);
  });

  test('reports a killed child in the same way', () => {
    const words = /the child was killed by SIGKILL.*\n--- end of stderr ---\n {2}│ did not see it coming\n/;
    expect(messageOf(outcome, 'a child that is killed')).toMatch(words);
  });

  test('points at the line that made a mistake', () => {
    const [name] = testNamed(outcome, 'a name that is no pool').attempts;
    expect(name?.location).toContain(placeOf('suite', 'plain.spec.ts', 'carpool.ecko'));
    const [kept] = testNamed(outcome, 'the line that uses a kept session').attempts;
    expect(kept?.messages.join('\n')).toContain('was closed because its test has ended');
    expect(kept?.location).toContain(placeOf('suite', 'own-session.spec.ts', '// this line'));
  });

  test('shows for a time-out the last messages of the session, and none that came later', () => {
    const [waits] = testNamed(outcome, 'a body that waits for ever').attempts;
    expect(waits).toMatchObject({ status: 'timedOut', messages: [expect.stringContaining('→ {type: "silence"}')] });
    const [goesOn] = testNamed(outcome, 'a body that goes on').attempts;
    expect(goesOn?.messages).toEqual([expect.stringContaining('Test timeout of 1500ms exceeded.')]);
  });
});
