/** The same suite under both versions and every kind of worker: one child, a session for each test, nothing left behind. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts, messageOf, summaryOf } from '@carpool/test-harness/expect';
import { majors, Project } from './harness.ts';

const tests = 73;

describe.for(majors)('Jest %s', (major) => {
  test.for([
    ['forks', ['--maxWorkers=2']],
    ['threads', ['--maxWorkers=2', '--workerThreads']],
    ['the main process', ['--runInBand']],
  ] as const)('a suite in %s shares one child and leaves nothing behind', async ([, args]) => {
    using project = new Project(major, 'suite');
    project.write('sockets-b.test.js', project.read('sockets-a.test.js'));
    const outcome = await project.run(args);
    expectVerdicts(outcome, tests);
    expect(outcome.code).toBe(1);
    expect(summaryOf(outcome, 'echo')).toMatch(/^carpool: echo: 1 child, \d\d sessions, peak \d+, longest wait \d+ ms/);
    const sockets = project.exists('sockets.txt') ? project.read('sockets.txt').trim().split('\n') : [];
    const workers = Map.groupBy(sockets, (line) => line.split(' ')[0]);
    for (const counts of workers.values()) expect(new Set(counts).size).toBe(1);
    expect(sockets).toHaveLength(args.includes('--workerThreads' as never) ? 0 : 2);
  });

  test('what the children said stands under what the test said', async () => {
    using project = new Project(major, 'suite');
    const outcome = await project.run(['failing', 'time-out']);
    const stderr = '  │ the child saw something odd\n  │     at its own place (child.js:1:2) \n  │ and went on';
    const assertion = messageOf(outcome, 'must fail: an assertion');
    expect(assertion).toMatch(/Received: .*1.*\n\n── echo, session \S+ ──\nlast messages:\n {2}│ → \{type: "log"/);
    expect(assertion).toContain(`end of its stderr:\n${stderr}`);
    expect(assertion.indexOf('and went on')).toBeLessThan(assertion.search(/\n +at .*failing\.test\.js:\d+/));
    for (const name of ['an assertion of Node', 'a string', 'a frozen error', 'a concurrent test']) {
      const message = messageOf(outcome, `must fail: ${name}`);
      expect(message).toMatch(/\n── echo, session \S+ ──\nlast messages:\n {2}│ → \{type: "set"/);
    }
    // The function of each test is called by one of Carpool's.
    expect(assertion).not.toMatch(/^ *at .*[\\/]@carpool[\\/]jest[\\/]dist[\\/]/m);
    // Another test has caused that.
    for (const name of ['an assertion of Node', 'a string', 'a frozen error'])
      expect(messageOf(outcome, `must fail: ${name}`)).not.toContain('something odd');
    expect(messageOf(outcome, 'must fail: a string')).toContain(
      'end of its stderr:\n  │ (nothing since this session began)',
    );
    const died = /● must fail: a child that dies\n\n([^]*?)\n\n {2}●/.exec(outcome.output)?.[1] ?? '';
    expect(died).toContain(
      'the child exited with code 3\n    --- end of stderr ---\n      │ last words\n      │     at odd (',
    );
    // Once, and with no frame of the child.
    expect(died.split('│ last words')).toHaveLength(2);
    expect(died.match(/^ *> *\d+ \|.*$/gm)).toEqual([expect.stringContaining("type: 'exit'")]);
    expect(died.match(/^ *at .*$/gm)).toEqual([expect.stringMatching(/failing\.test\.js:\d+:\d+\)$/)]);
    expect(messageOf(outcome, 'must fail: a body that waits for ever')).toContain('│ → {type: "silence"}');
    const rest = String.raw`within \d+ ms, the rest of the time of this test or hook \(instead of 30000 ms\), in session`;
    expect(messageOf(outcome, 'must fail: an event')).toMatch(new RegExp(`No matching event ${rest}`));
    expect(messageOf(outcome, 'must fail: an interaction')).toMatch(new RegExp(`No reply to "silence" ${rest}`));
    expect(messageOf(outcome, 'must fail: waiting for a slot')).toMatch(
      /the only slot was busy in "narrow" .* held for \d+ ms by this test itself .*time-out\.test\.js:\d+/,
    );
  });
});
