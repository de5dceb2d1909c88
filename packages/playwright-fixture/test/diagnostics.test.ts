/** `diagnostics: 'fail'`: what the child finds wrong fails the test, at its end, or the file, or the worker. */
import { expect, test } from 'vitest';
import { expectVerdicts, messageOf } from '@carpool/test-harness/expect';
import { Project } from './harness.ts';

test('a test fails at its end, once', async () => {
  using project = new Project('diagnostics');
  const outcome = await project.run(['tests.spec']);
  expectVerdicts(outcome, 5);
  const faults = {
    'a fixture': 'a wrong fixture',
    'a session that the test itself': 'a wrong session',
    'a session of a hook': 'a wrong hook',
  };
  for (const [name, fault] of Object.entries(faults)) {
    const message = messageOf(outcome, name);
    expect(message).toMatch(/SESSION_DIAGNOSTICS/);
    expect(message.split(`\n  ${fault}\n`)).toHaveLength(2);
  }
});

test.each(['file', 'worker'])('a session of the %s fails its end', async (scope) => {
  using project = new Project('diagnostics');
  const outcome = await project.run([`${scope}.spec`]);
  expect(outcome.code).toBe(1);
  expect(outcome.output).toMatch(new RegExp(`SESSION_DIAGNOSTICS\\].*\\n.*a wrong ${scope}`));
});
