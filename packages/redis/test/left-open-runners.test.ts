/** Connections that tests leave open, in real runners: the run ends with the runner's own result, and says whose they are. */
import { join } from 'node:path';
import { describeInRunners, type DialectSuite } from '@carpool/test-harness/dialect';
import { expectVerdicts, messageOf } from '@carpool/test-harness/expect';
import { describe, expect, test } from 'vitest';
import { mostLeft } from '../src/left-open.ts';
import { binary, reason } from './support/servers.ts';

/** Tests that do nothing wrong, after those that do. */
const innocent = 5;

const suite: DialectSuite = {
  folder: join(import.meta.dirname, '..'),
  name: 'left-open',
  config: `import { redis } from '@carpool/redis';
import { defineConfig } from 'carpool';

export default defineConfig({ pools: { db: redis() } });
`,
  module: join(import.meta.dirname, 'left-open/clients.ts'),
  exports: ['ask', 'leaveHeld', 'leaveIoredis', 'leaveNodeRedis'],
  files: {
    a: `
test('forgets ioredis', async ({ db }) => {
  await leaveIoredis(db);
});
test('forgets node-redis', async ({ db }) => {
  await leaveNodeRedis(db);
});
`,
  },
  fixtures: true,
  // Then Jest runs the tests in its main process, as with `--runInBand`.
  workers: 1,
};

describe.skipIf(binary === undefined)(`left open${reason}`, () => {
  describeInRunners('databases in', suite, (run) => {
    test('each connection is told with its test, once, and breaks nothing when the server ends', () => {
      const { outcome } = run;
      expectVerdicts(outcome, 2);
      expect(outcome.code).toBe(0);
      expect(outcome.stderr).toContain('\ncarpool: warning: db: fault was found with 2 sessions:\n  test "forgets');
      for (const name of ['ioredis', 'node-redis']) {
        const told = new RegExp(
          `\\n {2}test "forgets ${name}" \\(\\S*a\\.\\S+\\): left 1 connection open to Redis \\(of "${name}", .*\\); end it where it was made, in the test or in the app under test: `,
        );
        expect(outcome.stderr).toMatch(told);
        expect(outcome.output.match(new RegExp(`test "forgets ${name}"`, 'g'))).toHaveLength(1);
      }
      expect(outcome.output).not.toMatch(/ECONNREFUSED|ECONNRESET|Unhandled|SocketClosedUnexpectedly/);
    });
  });

  const failing: DialectSuite = {
    ...suite,
    name: 'left-fails',
    // Of a pool that has no `diagnostics`.
    config: suite.config.replace('{ pools', "{ leaks: 'fail', pools"),
    files: {
      a: `
test('must fail: forgets ioredis', async ({ db }) => await leaveIoredis(db));
test('ends its client', async ({ db }) => await ask(db));
test('must fail: forgets node-redis', async ({ db }) => await leaveNodeRedis(db));
`,
    },
  };
  describeInRunners("with `leaks: 'fail'`, in", failing, (run) => {
    test('each test that leaves a connection fails with what it has left, and no other does', () => {
      const { outcome } = run;
      expectVerdicts(outcome, 3);
      expect(outcome.code).toBe(1);
      for (const name of ['ioredis', 'node-redis']) {
        expect(messageOf(outcome, `forgets ${name}`)).toMatch(
          new RegExp(
            `SESSION_DIAGNOSTICS[^]*Fault was found with session s\\d:\\n {2}left 1 connection open to Redis \\(of "${name}", `,
          ),
        );
      }
      // It is told as a failure, and not as a warning as well.
      expect(outcome.output).not.toContain('carpool: warning:');
      expect(outcome.output).not.toMatch(/ECONNREFUSED|ECONNRESET|Unhandled|SocketClosedUnexpectedly/);
    });
  });

  const many: DialectSuite = {
    ...suite,
    name: 'left-many',
    // One at a time: the end of each is known before the next begins.
    config: suite.config.replace('redis()', 'redis({ maxSessions: 1, warm: 0 })'),
    files: {
      a: `
for (let number = 0; number < ${mostLeft}; number++) {
  test(\`forgets number \${number}\`, async ({ db }) => await leaveIoredis(db));
}
test('must fail: forgets one too many', async ({ db }) => await leaveNodeRedis(db));
for (let number = 0; number < ${innocent}; number++) {
  test(\`ends its client, number \${number}\`, async ({ db }) => await ask(db));
}
`,
    },
  };
  describeInRunners('more than a server keeps, in', many, (run) => {
    test('the test that leaves one more fails, none that comes after it, and no client breaks', () => {
      const { outcome } = run;
      expectVerdicts(outcome, mostLeft + 1 + innocent);
      const message = messageOf(outcome, 'forgets one too many');
      expect(message).toContain('left 1 connection open to Redis (of "node-redis", ');
      expect(message).toContain(`because those of ${mostLeft} earlier tests stay for such connections already`);
      expect(message).toContain('those are of: test "forgets number 0" (');
      expect(outcome.output).not.toMatch(/ECONNREFUSED|ECONNRESET|Unhandled|SocketClosedUnexpectedly|NOPERM|WRONGPASS/);
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
      expect(run.outcome.output).not.toMatch(/ECONNREFUSED|ECONNRESET|Unhandled/);
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
