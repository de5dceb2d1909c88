/** Connections that tests leave open, in real runners: the run ends with the runner's own result, and says whose they are. */
import { join } from 'node:path';
import { describeInRunners, type DialectSuite } from '@carpool/test-harness/dialect';
import { expectVerdicts, messageOf } from '@carpool/test-harness/expect';
import { describe, expect, test } from 'vitest';
import { mostLeft } from '../src/left-open.ts';
import { reason, server } from './support/servers.ts';

const suite: DialectSuite = {
  folder: join(import.meta.dirname, '..'),
  name: 'left-open',
  // One at a time, so that the end of each is known before the next begins.
  config: `import { postgres } from '@carpool/postgres';
import { defineConfig } from 'carpool';

const cache = '../cache';

export default defineConfig({ pools: { db: postgres({ cache }), many: postgres({ cache, maxSessions: 1, warm: 0 }) } });
`,
  module: join(import.meta.dirname, 'left-open/clients.ts'),
  exports: ['leave', 'leaveHeld', 'reached'],
  files: {
    a: `
test('forgets its clients', async ({ db }) => {
  await leave(db, 2);
});
`,
    many: `
for (let number = 0; number <= ${mostLeft}; number++) {
  test(\`forgets number \${number}\`, async ({ many }) => {
    await leave(many);
  });
}
test('must fail: is refused a database', async ({ many }) => {
  reached();
});
`,
  },
  fixtures: true,
  // Then Jest runs the tests in its main process, as with `--runInBand`.
  workers: 1,
};

describe.skipIf(server === undefined)(`left open${reason}`, () => {
  describeInRunners('databases in', suite, (run) => {
    test('each connection is told with its test, once, and breaks nothing when the server ends', () => {
      const { outcome } = run;
      expectVerdicts(outcome, mostLeft + 3);
      expect(outcome.stderr).toMatch(
        /\ncarpool: warning: db: fault was found with 1 session:\n {2}test "forgets its clients" \(\S*a\.\S+\): left 2 connections open to its database \(of "forgetful", idle, it has asked nothing; of "forgetful", .*\); end the client: await client\.end\(\)\n/,
      );
      expect(outcome.output.match(/test "forgets its clients"/g)).toHaveLength(1);
      expect(outcome.output).not.toMatch(/terminating connection|Connection terminated/);
    });

    test('of more than a server keeps, tests fail with an error that names those that left them', () => {
      const { outcome, project } = run;
      const message = messageOf(outcome, 'is refused a database');
      expect(message).toContain(
        `Cannot register a session of "many": ${mostLeft + 1} databases stay, because tests have ended with connections to them open`,
      );
      for (let number = 0; number <= mostLeft; number++) expect(message).toContain(`test "forgets number ${number}" (`);
      expect(message).toContain('End the client in each of these tests: await client.end()');
      expect(project.exists('reached')).toBe(false);
    });
  });

  const held: DialectSuite = {
    ...suite,
    name: 'held',
    files: { a: `test('forgets its client', async ({ db }) => await leaveHeld(db));` },
    args: { Jest: ['--forceExit'] },
  };
  describeInRunners('a client that keeps its process running, in', held, (run) => {
    test('the run ends with its own result', () => {
      expectVerdicts(run.outcome, 1);
      expect(run.outcome.code).toBe(0);
      expect(run.outcome.stderr).toContain('test "forgets its client" (');
    });

    const inBand = run.runner.name === 'Jest';
    const skipped = inBand ? '' : ' (skipped: only Jest runs tests in its main process)';
    test.runIf(inBand)(
      `without --forceExit it is Jest that goes on, and the server is there for as long as its process is${skipped}`,
      async () => {
        const { project } = run;
        const running = project.start();
        await running.printed(/Jest did not exit one second after the test run has completed/);
        expect(running.output).toContain('test "forgets its client" (');
        process.kill(Number(project.read('server.pid')), 0);
        running.kill('SIGKILL');
        expect((await running.outcome).left).toEqual([]);
      },
    );
  });
});
