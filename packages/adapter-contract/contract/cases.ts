/** The cases of the contract: what must be so under every runner. */
import { expect } from 'vitest';
import type { Outcome, TestResult } from '@carpool/test-harness';
import type { Note, Project } from '../project.ts';

/** The whole run of a runner, once it is over. */
export interface Seen {
  readonly outcome: Outcome;
  readonly project: Project;
}

/** How a runner differs from the others in this case, by runner; shown in the table. */
export type Remarks = Readonly<Record<string, string>>;

export interface Case {
  readonly title: string;
  readonly remarks?: Remarks;
  readonly check: (seen: Seen) => void;
}

/** The cases that a run of all test files checks. */
export const cases: readonly Case[] = [
  {
    title: 'every test has a session of its own',
    check({ outcome, project }) {
      const [first, second] = project.notes('session-per-test');
      expect([first?.found, second?.found]).toEqual(['nothing', 'nothing']);
      expect(second?.id).not.toBe(first?.id);
      expect(second?.pid).toBe(first?.pid);
      expect(second?.sessions).toContain(second?.id);
      expect(second?.sessions).not.toContain(first?.id);
      expectPassed(outcome, 'leaves a value', 'finds nothing of it');
    },
  },
  {
    title: 'concurrent tests have isolated sessions at the same time',
    remarks: { 'Playwright Test': 'in parallel workers' },
    check({ outcome, project }) {
      const notes = project.notes('concurrency');
      expect(notes.map(({ found }) => found)).toEqual(notes.map(({ id }) => id));
      expectDifferent(notes, 3);
      expectPassed(outcome, 'one', 'two', 'three');
    },
  },
  {
    title: "what a preload prints in the host is shown as the host's, and harms nothing",
    check({ outcome }) {
      expect(outcome.stderr).toMatch(/^carpool host: printed by a preload$/m);
    },
  },
  {
    title: 'a retry gets a new session',
    check({ outcome, project }) {
      const notes = project.notes('retry');
      expect(notes.map(({ found }) => found)).toEqual(['nothing', 'nothing', 'nothing']);
      expectDifferent(notes, 3);
      expectPassed(outcome, 'passes at the third attempt');
    },
  },
  {
    title: 'a request ends before its test times out; calls after that fail with "session closed"',
    check({ outcome, project }) {
      const [began, late, next] = project.notes('time-out');
      expect(late).toMatchObject({ id: began?.id, ended: 'REQUEST_TIMEOUT', late: 'SESSION_CLOSED' });
      expect(late?.words).toMatch(/closed because its test has ended/);
      expect(next?.found).toBe('nothing');
      expect(next?.sessions).not.toContain(began?.id);
      expectPassed(outcome, 'comes after it');
      expect(named(outcome, 'outlasts its time').messages.join('\n')).toMatch(/time|exceeded/i);
    },
  },
  {
    title: 'a failing test releases its slot',
    check({ outcome, project }) {
      const [failed, next] = project.notes('failure');
      expect(next).toMatchObject({ found: 'nothing', sessions: [next?.id] });
      expect(next?.id).not.toBe(failed?.id);
      expect(named(outcome, 'fails').messages.join('\n')).toContain('fails on purpose');
      expectPassed(outcome, 'needs its slot');
    },
  },
  {
    title: 'a failing test shows for how long it has waited for its slot, and what held that',
    check({ outcome }) {
      const { status } = named(outcome, 'fails after a long wait for its slot');
      expect(status).toBe('failed');
      expect(outcome.output).toMatch(
        /fails after its wait[^]*── slots ──\n *waited \d+ ms for the only slot of "single", held by this test itself \(\S*bodies\.cjs:\d+:\d+\)/,
      );
    },
  },
  {
    title: 'a killed worker releases its slot and its locks, including those of plugins made for AVA',
    remarks: { Vitest: 'the run fails', Jest: 'the file runs again', 'Playwright Test': 'the test fails' },
    check({ outcome, project }) {
      const [killed] = project.notes('killed-worker');
      const [next] = project.notes('killed-worker-next');
      expect(next).toMatchObject({ found: 'nothing', sessions: [next?.id], pid: killed?.pid });
      expect(next?.id).not.toBe(killed?.id);
      expect(project.notes('killed-plugin').map(({ event }) => event)).toEqual(['held', 'taken']);
      expectPassed(outcome, 'needs the slot of the killed worker', 'needs the lock of the killed worker');
    },
  },
  {
    title: 'a killed child is reported in the failing test, with the end of its stderr',
    check({ outcome }) {
      const { status, messages } = named(outcome, 'kills its child');
      expect(status).toBe('failed');
      expect(messages.join('\n')).toContain('SIGKILL');
      expect(messages.join('\n')).toContain('the last words of the child');
      const others = outcome.tests.filter(({ title }) => title !== 'kills its child');
      expect(others.flatMap((test) => test.messages).join('\n')).not.toContain('the last words');
      expectPassed(outcome, 'has the next child');
    },
  },
  {
    title: 'a test fails at its end if the child finds fault with what it sent; the next one has its slot',
    check({ outcome, project }) {
      const [fixture, registered, next] = project.notes('diagnostics');
      const faults = [
        [fixture, 'sends what is wrong'],
        [registered, 'sends it in a session of its own'],
      ] as const;
      for (const [note, name] of faults) {
        const { status, messages } = named(outcome, name);
        expect(status).toBe('failed');
        expect(messages.join('\n')).toContain('SESSION_DIAGNOSTICS');
        expect(messages.join('\n')).toContain(`The child found fault with what session ${note?.id} sent:`);
        expect(messages.join('\n').split(`\n  no such colour: ${note?.id}\n`)).toHaveLength(2);
      }
      expect(next).toMatchObject({ found: 'nothing', sessions: [next?.id] });
      expectPassed(outcome, 'comes after the diagnostics');
    },
  },
  {
    title: 'a test gets what `open` of a server returned, in its own realm, and gives `params` to it',
    check({ outcome, project }) {
      const notes = project.notes('server');
      expect(notes.map(({ kinds }) => kinds)).toEqual(notes.map(() => [true, true, true, true]));
      expect(notes.map(({ answer }) => answer)).toEqual(['asked for /x', 'asked for /x', 'asked for /x']);
      expect(notes.map(({ seeds }) => seeds)).toEqual(['a,1', 'a,1', 'b,2']);
      expectDifferent(notes, 3);
      expectPassed(outcome, 'reads what was opened', 'gives params of its own');
    },
  },
  {
    title:
      'a test that holds the URL of a server alone fails at its end if that has died; the next one has a new server',
    check({ outcome, project }) {
      const { status, messages } = named(outcome, 'holds a URL alone');
      expect(status).toBe('failed');
      expect(messages.join('\n')).toContain('CHILD_EXITED');
      expect(messages.join('\n')).toMatch(/The server of pool "web" exited with code 7, \d+ ms after its start/);
      expect(messages.join('\n')).toContain('no more of this');
      const [before, after] = project.notes('server');
      expect(after?.pid === before?.pid).toBe(false);
      expectPassed(outcome, 'comes after the death of the server');
    },
  },
  {
    title: 'a test that hangs its server fails by its time-out, and takes no test that follows with it',
    check({ outcome, project }) {
      const { status, messages } = named(outcome, 'hangs its server');
      expect(status).toBe('failed');
      expect(messages.join('\n')).toMatch(/time|exceeded/i);
      // In the error of the test itself, not beside it, and with the time-out once.
      expect(outcome.output).toMatch(
        /(?:timeout|timed out).*\n(?:.*\n){1,3} *── app, session s\d+ ──\n *the server does not answer: since this test has failed, it was not found ready \(GET \/health\) for \d+ ms/i,
      );
      expect(messages.join('\n').split('Exceeded timeout').length).toBeLessThanOrEqual(2);
      const [hung, next, third] = project.notes('hung-server');
      expect(next).toMatchObject({ answer: 'asked for /x' });
      expect(third).toMatchObject({ answer: 'asked for /x', pid: next?.pid });
      expect(next?.pid === hung?.pid).toBe(false);
      expect(outcome.output).toMatch(
        /pool "app": a child gets no more sessions, .*: the test of session s\d+ of ".*hangs its server" .* has failed/,
      );
      expectPassed(outcome, 'comes after the server that hangs', 'comes after that');
    },
  },
  {
    title: 'a test whose server starts for longer than the test may take says so, with the log of the server',
    check({ outcome }) {
      const { status, messages } = named(outcome, 'wants a server that starts for longer');
      expect(status).toBe('failed');
      const message = messages.join('\n');
      expect(message).toMatch(
        /Cannot register a session of "late": its server has been starting for \S+ m?s, and is not ready so far: looked for a connection to port \d+; the last attempt: /,
      );
      expect(message).toMatch(/the rest of the time of this test or hook \(instead of 30000 ms, `readyTimeout`\)/);
      expect(message).toContain('migrating the database');
      // Its own error comes first.
      expect(message).not.toMatch(/timed out in|Exceeded timeout|Test timeout of/);
    },
  },
  {
    title: 'a test that does not wait for the reply to its request fails at its end, at the line of the request',
    check({ outcome }) {
      for (const name of ['does not wait', 'waits for nothing that follows']) {
        const { status, messages } = named(outcome, name);
        expect(status).toBe('failed');
        expect(messages.join('\n')).toMatch(
          /The test ended before it had the reply to "silence"(?: \(and 1 more\))?: await it/,
        );
        expect(messages.join('\n')).toMatch(/bodies\.cjs:\d+/);
      }
      expectPassed(outcome, 'leaves requests on purpose', 'comes after those');
    },
  },
  {
    title:
      'a test that does not await a lock, a session, an event or an interaction fails at its end, at the line of the call',
    check({ outcome }) {
      for (const [name, words] of notAwaited) {
        const { status, messages } = named(outcome, name);
        expect([name, status]).toEqual([name, 'failed']);
        expect(messages.join('\n')).toMatch(words);
        expect(messages.join('\n')).toMatch(/bodies\.cjs:\d+/);
      }
      // Two are of requests. Each is shown once.
      expect(outcome.output.split('CALL_NOT_AWAITED')).toHaveLength(8);
      expectPassed(outcome, 'leaves calls on purpose', 'comes after those');
    },
  },
  {
    title: 'a session kept in a module variable is closed in the next test; the error says why and when',
    check({ outcome, project }) {
      const [kept, used] = project.notes('kept-session');
      const words = `session ${kept?.id} was closed because its test has ended`;
      expect(used).toMatchObject({ code: 'SESSION_CLOSED', by: 'owner' });
      expect(used?.words).toContain(words);
      expect(used?.words).toMatch(/ended \d+ ms ago/);
      expectPassed(outcome, 'keeps its session', 'uses what was kept');
    },
  },
  {
    title:
      'a process that a test starts speaks in its session, and loses it when the test ends, and not the other way round',
    check({ outcome, project }) {
      const [handed, staying, next] = project.notes('handed-over');
      expect(handed).toMatchObject({
        joined: { id: handed?.id, pool: 'echo', found: 'of the test' },
        found: 'of the process',
        signal: 'SIGKILL',
        alone: true,
      });
      expect(staying).toMatchObject({ by: 'owner', reason: 'because its test has ended', code: 'SESSION_CLOSED' });
      expect(staying?.words).toContain(`session ${handed?.id} was closed because its test has ended`);
      expect(next?.found).toBe('nothing');
      expectPassed(outcome, 'hands its session to processes', 'sees what is left of it');
    },
  },
  {
    title: 'one child serves all test files and workers, and nothing is left behind',
    check({ outcome, project }) {
      const pids = ['session-per-test', 'retry', 'time-out', 'kept-session'].flatMap((file) => project.notes(file));
      expect(new Set(pids.map(({ pid }) => pid).filter((pid) => pid !== undefined)).size).toBe(1);
      expect(outcome.output).toMatch(/carpool: echo: 1 child, \d+ sessions/);
      expect(outcome.left).toEqual([]);
    },
  },
];

const notAwaited: readonly (readonly [test: string, words: RegExp])[] = [
  ['forgets a lock', /The test ended before it had lock "not awaited": await it/],
  ['goes on without its lock', /The test called for lock "never awaited" and did not await it/],
  ['forgets a session', /The test ended before it had a session of pool "echo": await it/],
  ['forgets an event', /The test ended before it had an event of session \w+: await it/],
  ['forgets an interaction', /The test ended before it had the response to "silence" of session \w+: await it/],
  ['forgets a refusal', /LEASE_INVALID.*Cannot acquire "refused"/],
  ['forgets a refused request', /SESSION_REFUSED.*The reply to "get" has type "reply", expected "nothing"/],
];

/** Remarks on the watch case, which has its own run in test/contract.test.ts. */
export const watchRemarks: Remarks = { 'Playwright Test': 'in its UI and in editors: it has no watch mode' };

export function named({ tests, output }: Outcome, name: string): TestResult {
  const found = tests.find((test) => test.title === name);
  if (found === undefined) throw new Error(`There is no result of the test "${name}":\n${output}`);
  return found;
}

export function expectPassed(outcome: Outcome, ...names: string[]): void {
  const failed = names.map((name) => named(outcome, name)).filter(({ status }) => status !== 'passed');
  expect(failed).toEqual([]);
}

function expectDifferent(notes: readonly Note[], count: number): void {
  expect(notes).toHaveLength(count);
  expect(new Set(notes.map(({ id }) => id)).size).toBe(count);
}
