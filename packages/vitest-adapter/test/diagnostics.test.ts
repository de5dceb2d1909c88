/** `diagnostics: 'fail'`: what the child finds wrong fails the test, at its end, or the file. And what it prints. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts, messageOf, testNamed } from '@carpool/test-harness/expect';
import { ends, Project } from './harness.ts';

describe.for(ends)('Vitest %s', (major) => {
  test('a test fails at its end, once', async () => {
    using project = new Project(major, 'diagnostics');
    const outcome = await project.run(['tests.test.ts']);
    expectVerdicts(outcome, 7);
    const faults = {
      'a fixture': 'a wrong fixture',
      'a session that the test itself': 'a wrong session',
      'must fail: one': 'one of two',
      'a session of a hook': 'a wrong hook',
    };
    for (const [name, fault] of Object.entries(faults)) {
      const message = messageOf(outcome, name);
      expect(message).toMatch(/SESSION_DIAGNOSTICS/);
      expect(message.split(`\n  ${fault}\n`)).toHaveLength(2);
    }
  });

  test('a session of the file fails the end of the file', async () => {
    using project = new Project(major, 'diagnostics');
    const outcome = await project.run(['file.test.ts']);
    expect(outcome.code).toBe(1);
    expect(outcome.output).toMatch(/FAIL.*file\.test\.ts/);
    expect(outcome.output).toMatch(/CarpoolError \[SESSION_DIAGNOSTICS\].*\n.*a wrong file/);
  });

  test('of one of the worker the host can only say so', async () => {
    using project = new Project(major, 'diagnostics');
    const outcome = await project.run(['worker.test.ts']);
    expectVerdicts(outcome, 1);
    expect(outcome.stderr).toMatch(/carpool: The child found fault with what session \S+ sent:\n {2}a wrong worker\n/);
  });

  test('what a child has printed is evidence, on stdout as on stderr; one that has said nothing is left out', async () => {
    using project = new Project(major, 'printed');
    const outcome = await project.run();
    expectVerdicts(outcome, 3);
    const printed = expect.stringContaining('the server saw something odd');
    const evidenceOf = (name: string): unknown => testNamed(outcome, `must fail: a server that prints ${name}`).meta;
    expect(evidenceOf('to stdout')).toMatchObject({ carpool: [{ pool: 'stdout', stdout: printed }] });
    expect(evidenceOf('to stderr')).toMatchObject({ carpool: [{ pool: 'stderr', stderr: printed }] });
    expect(evidenceOf('nothing')).not.toHaveProperty('carpool');
  });
});
