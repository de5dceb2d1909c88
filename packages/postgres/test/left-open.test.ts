/** Connections that tests leave open, in real runners: the run ends with the runner's own result, and says whose they are. */
import { join } from 'node:path';
import { describeInRunners, type DialectSuite } from '@carpool/test-harness/dialect';
import { expectVerdicts, messageOf } from '@carpool/test-harness/expect';
import { describe, expect, test } from 'vitest';
import { mostLeft } from '../src/left-open.ts';
import { reason, server } from './support/servers.ts';

/** Tests that do nothing wrong, after those that do. */
const innocent = 5;
const forgetful = 24;

const suite: DialectSuite = {
  folder: join(import.meta.dirname, '..'),
  name: 'left-open',
  // One at a time, so that the end of each is known before the next begins.
  config: `import { postgres } from '@carpool/postgres';
import { defineConfig } from 'carpool';

export default defineConfig({ pools: { db: postgres({ cache: '../cache' }) } });
`,
  module: join(import.meta.dirname, 'left-open/clients.ts'),
  exports: ['ask', 'leave', 'leaveHeld'],
  files: {
    a: `
test('forgets its clients', async ({ db }) => {
  await leave(db, 2);
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
      expectVerdicts(outcome, 1);
      expect(outcome.stderr).toMatch(
        /\ncarpool: warning: db: fault was found with 1 session:\n {2}test "forgets its clients" \(\S*a\.\S+\): left 2 connections open to its database \(of "forgetful", idle, it has asked nothing; of "forgetful", .*\); end them where they were made, in the test or in the app under test: await client\.end\(\)\n/,
      );
      expect(outcome.output.match(/test "forgets its clients"/g)).toHaveLength(1);
      expect(outcome.output).not.toMatch(/terminating connection|Connection terminated/);
    });
  });

  const many: DialectSuite = {
    ...suite,
    name: 'left-many',
    config: `import { postgres } from '@carpool/postgres';
import { defineConfig } from 'carpool';

const cache = '../cache';

export default defineConfig({ pools: { db: postgres({ cache }), one: postgres({ cache, maxSessions: 1, warm: 0 }) } });
`,
    files: {
      // One at a time: the end of each is known before the next begins.
      a: `
for (let number = 0; number < ${mostLeft}; number++) {
  test(\`forgets number \${number}\`, async ({ one }) => {
    await leave(one);
  });
}
test('must fail: forgets one too many', async ({ one }) => {
  await leave(one);
});
for (let number = 0; number < ${innocent}; number++) {
  test(\`ends its client, number \${number}\`, async ({ one }) => {
    await ask(one);
  });
}
`,
      // As fast as they can.
      b: `
for (let number = 0; number < ${forgetful}; number++) {
  test(\`may fail: forgets number \${number}\`, async ({ db }) => {
    await leave(db);
  });
}
for (let number = 0; number < ${innocent}; number++) {
  test(\`ends its client soon, number \${number}\`, async ({ db }) => {
    await ask(db);
  });
}
`,
    },
  };
  describeInRunners('more than a server keeps, in', many, (run) => {
    test('the test that leaves one more fails, and none that comes after it', () => {
      const { outcome } = run;
      const fast = outcome.tests.filter(({ name }) => name.includes('may fail'));
      expect(fast).toHaveLength(forgetful);
      const tests = outcome.tests.filter((it) => !fast.includes(it));
      // That its connection was ended is an error of its client, too, which Vitest shows beside the tests.
      const [, ...uncaught] = outcome.stderr.split(/Uncaught Exception \S*\n/);
      for (const text of uncaught) expect(text).toMatch(/^.*(?:terminating connection|Connection terminated)/);
      const complaint = run.runner.name === 'Vitest' ? undefined : outcome.complaint;
      expectVerdicts({ ...outcome, tests, complaint }, mostLeft + 1 + 2 * innocent);
      const message = messageOf(outcome, 'forgets one too many');
      expect(message).toContain('left 1 connection open to its database (of "forgetful", idle, it has asked nothing)');
      expect(message).toContain(`because ${mostLeft} databases of earlier tests stay for such connections already`);
      expect(message).toContain('those are of: test "forgets number 0" (');
      expect(outcome.stderr).toContain(`\ncarpool: warning: one: fault was found with ${mostLeft} sessions:\n`);
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
