/** The wait for a slot and the start of a child do not count against the time-out of the test. */
import { expect, test } from 'vitest';
import { expectVerdicts, messageOf, testNamed } from '@carpool/test-harness/expect';
import { placeOf, Project } from './harness.ts';

test('waiting for a slot or for the start of a child is not on the clock of the test', async () => {
  using project = new Project('clock');
  expectVerdicts(await project.run(['clock.spec', '--workers=3']), 8);
});

test('a wait that is too long names the holder instead of timing out', async () => {
  using project = new Project('clock');
  const outcome = await project.run(['waits-too-long.spec']);
  expectVerdicts(outcome, 6);
  const rest = String.raw`within \d+ ms, the rest of the time of this test or hook \(instead of (\d+) ms\), in session`;
  const reply = new RegExp(`No reply to "silence" ${rest} .*; no message came meanwhile`);
  expect(reply.exec(messageOf(outcome, 'must fail: a request'))?.[1]).toBe('20000');
  expect(messageOf(outcome, 'must fail: an event')).toMatch(new RegExp(`No matching event ${rest}`));
  expect(messageOf(outcome, 'must fail: a hook')).toMatch(reply);
  expect(messageOf(outcome, 'must fail: a hook for all')).toMatch(reply);
  expect(messageOf(outcome, 'in the body')).toMatch(
    /the only slot was busy in "narrow" .* held for \d+ ms by this test itself/,
  );
  const [body] = testNamed(outcome, 'in the body').attempts;
  expect(body?.location).toContain(placeOf('clock', 'waits-too-long.spec.ts', '// this line'));
  expect(messageOf(outcome, 'in the fixture')).toMatch(
    /"narrow" for 300 ms, `timeout` of the call; .*held for \d+ ms by (?:the worker of this test|"worker \d+, for all its tests")/,
  );
});
