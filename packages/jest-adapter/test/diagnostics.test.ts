/** `diagnostics: 'fail'`: what the child finds wrong fails the test, at its end, or the file. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts, messageOf } from '@carpool/test-harness/expect';
import { majors, Project } from './harness.ts';

describe.for(majors)('Jest %s', (major) => {
  test('a test fails at its end, once', async () => {
    using project = new Project(major, 'diagnostics');
    const outcome = await project.run(['tests.test', 'attempts.test']);
    expectVerdicts(outcome, 7);
    const faults = {
      'a fixture': 'a wrong fixture',
      'a session that the test itself': 'a wrong session',
      'one of two': 'one of two',
      'a session of a hook': 'a wrong hook',
    };
    for (const [name, fault] of Object.entries(faults)) {
      const message = messageOf(outcome, name);
      expect(message).toMatch(/SESSION_DIAGNOSTICS/);
      expect(message.split(`\n  ${fault}\n`)).toHaveLength(2);
    }
  });

  test('a session of the file fails the file', async () => {
    using project = new Project(major, 'diagnostics');
    const outcome = await project.run(['file.test']);
    expect(outcome.code).toBe(1);
    expect(outcome.output).toMatch(/FAIL.*file\.test\.js/);
    expect(outcome.output).toMatch(/The child found fault with what session \S+ sent:\s+a wrong file\n/);
  });

  test('of one of the worker the host can only say so', async () => {
    using project = new Project(major, 'diagnostics');
    const outcome = await project.run(['worker.test']);
    expectVerdicts(outcome, 1);
    expect(outcome.stderr).toMatch(/carpool: The child found fault with what session \S+ sent:\n {2}a wrong worker\n/);
  });
});
