/** The wait for a slot and the start of a child do not count against the time-out of the test, where Vitest allows it. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts, testNamed } from '@carpool/test-harness/expect';
import { majors, Project } from './harness.ts';

describe.for(majors)('Vitest %s', (major) => {
  test.runIf(major > 3)('waiting for a slot or for the start of a child is not on the clock of the test', async () => {
    using project = new Project(major, 'early');
    expectVerdicts(await project.run(['early.test.ts']), 8);
  });

  test.runIf(major > 3).for(['stack', 'parallel'])('hooks in order %s may ask for sessions', async (order) => {
    using project = new Project(major, 'early');
    expectVerdicts(await project.run(['hooks.test.ts', `--sequence.hooks=${order}`]), 2);
  });

  test('a wait that is too long names the holder instead of timing out', async () => {
    using project = new Project(major, 'early');
    const outcome = await project.run(['waits-too-long.test.ts', '--testTimeout=1500']);
    expectVerdicts(outcome, 2);
    const [message] = testNamed(outcome, 'must fail').messages;
    expect(message).toMatch(/the only slot was busy in "taken" .* held for \d+ ms by .*waits-too-long\.test\.ts/);
  });
});
