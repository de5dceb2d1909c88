/** The wait for a slot and the start of a child do not count against the time-out of the test, where Vitest allows it. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts, testNamed } from '@carpool/test-harness/expect';
import { majors, Project, reasonBefore4 } from './harness.ts';

describe.for(majors)('Vitest %s', (major) => {
  test.runIf(major > 3)(
    `waiting for a slot or for the start of a child is not on the clock of the test${reasonBefore4(major)}`,
    async () => {
      using project = new Project(major, 'early');
      expectVerdicts(await project.run(['early.test.ts']), 8);
    },
  );

  test.runIf(major > 3)(
    `the wait for a lock of the config is not on the clock of the test${reasonBefore4(major)}`,
    async () => {
      using project = new Project(major, 'early');
      const outcome = await project.run(['locks.test.ts']);
      expectVerdicts(outcome, 8);
      expect(outcome.stderr).toMatch(/waited \d+ ms for lock "scanner", which ".*one test" .* had before/);
    },
  );

  test.runIf(major > 3).for(['stack', 'parallel'])(
    `hooks in order %s may ask for sessions${reasonBefore4(major)}`,
    async (order) => {
      using project = new Project(major, 'early');
      expectVerdicts(await project.run(['hooks.test.ts', `--sequence.hooks=${order}`]), 2);
    },
  );

  test('what outlives the test or the hook that began it is on no clock', async () => {
    using project = new Project(major, 'early');
    const outcome = await project.run(['outlives.test.ts']);
    expectVerdicts(outcome, 2);
    expect(outcome.files.map(({ message }) => message)).toEqual(['']);
  });

  test('a wait that is too long names the holder instead of timing out', async () => {
    using project = new Project(major, 'early');
    const outcome = await project.run(['waits-too-long.test.ts', '--testTimeout=5000']);
    expectVerdicts(outcome, 9);
    const messageOf = (name: string): string | undefined => testNamed(outcome, `must fail: ${name}`).messages[0];
    expect(messageOf('the error names the holder')).toMatch(
      /the only slot was busy in "taken" .* held for \d+ ms by .*waits-too-long\.test\.ts/,
    );
    expect(messageOf('a session of a full pool')).toMatch(
      /the only slot was busy in "narrow" for \d+ ms, the rest of the time of this test or hook \(instead of 60000 ms\); held for \d+ ms by this test itself/,
    );
    const rest = String.raw`within \d+ ms, the rest of the time of this test or hook \((instead of \d+) ms\), in session`;
    const reply = new RegExp(`No reply to "silence" ${rest} .* no message came meanwhile`);
    expect(reply.exec(messageOf('a request') ?? '')?.[1]).toBe('instead of 30000');
    expect(reply.exec(messageOf('a request with') ?? '')?.[1]).toBe('instead of 20000');
    expect(messageOf('an interaction')).toMatch(reply);
    expect(messageOf('an event')).toMatch(new RegExp(`No matching event ${rest}`));
    if (major === 3) return;
    expect(messageOf('a hook')).toMatch(reply);
  });
});
