/** Mistakes in the set-up: each gives one sentence that says what to change, in the tests that it concerns. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectVerdicts, messageOf } from '@carpool/test-harness/expect';
import { copyPackage, replaceInPackage } from '@carpool/test-harness';
import { folderOf, ends, Project, type Major } from './harness.ts';

/** Vitest 3 does not let the adapter see where a test is defined. */
const atLine = (major: Major, line: RegExp): RegExp => (major === 3 ? /^/ : line);

describe.for(ends)('Vitest %s', (major) => {
  test('without the plugin, tests that want a session say how to add it', async () => {
    using project = new Project(major, 'missing-plugin');
    const outcome = await project.run();
    expectVerdicts(outcome, 3);
    for (const name of ['no host was started', 'the names are not known']) {
      expect(messageOf(outcome, name)).toContain(
        "add `plugins: [carpool()]` from '@carpool/vitest/config' to the Vitest config",
      );
    }
  });

  test('a config that is not valid is reported by the tests that want a session', async () => {
    using project = new Project(major, 'wrong-config');
    const outcome = await project.run();
    expectVerdicts(outcome, 3);
    for (const { messages } of outcome.tests.filter(({ status }) => status === 'failed')) {
      expect(messages.join('\n')).toMatch(/not valid at `pools\.echo\.maxSession`/);
      expect(messages.join('\n')).toMatch(atLine(major, /\n +at .*(by-value|type-only)\.test\.ts:\d+:\d+/));
    }
    // The list of what there is, once in the run.
    const all = outcome.tests.flatMap(({ messages }) => messages).join('\n');
    expect(all.match(/maxUnreadEvents/g)).toHaveLength(1);
  });

  // Vitest 5 calls what Node 20 does not have when it shows errors, and throws.
  test.runIf(major === 5)(
    `in an old Node stderr says so, too, once${major === 5 ? '' : ` (skipped: Vitest ${major} shows it as an error)`}`,
    async () => {
      using project = new Project(major, 'wrong-config');
      const older = 'delete Promise.withResolvers; delete Map.groupBy;';
      const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(older)}`;
      const { stderr, code } = await project.run([], { env: { NODE_OPTIONS } });
      expect(code).not.toBe(0);
      expect(stderr.match(/^carpool: .*/gm)).toEqual([
        `carpool: Carpool needs Node 22.12 or newer, and this is Node ${process.versions.node}: run the tests with a newer one`,
      ]);
    },
  );

  test('a pool that the config does not have is named, with those that it has, and a failed start at its test', async () => {
    using project = new Project(major, 'names');
    const outcome = await project.run();
    expectVerdicts(outcome, 8);
    const known =
      'the Carpool config of this run has only "echo", "narrow", "missing"; add it there, or correct the name';
    expect(messageOf(outcome, 'a pool of another config')).toContain(`Unknown pool "renderer": ${known}`);
    expect(messageOf(outcome, 'a name that is no pool')).toContain(`Unknown pool "ecko": ${known}`);
    // Vitest 3 does not say what a test asks for.
    const none =
      major === 3
        ? /Cannot read properties of undefined/
        : /^CarpoolError .*Unknown fixture "ecko": it is no pool, lock or shared worker; the Carpool.*did you mean the pool "echo"\?/;
    expect(messageOf(outcome, 'a fixture that is none')).toMatch(none);
    expect(messageOf(outcome, 'a test of Vitest itself')).toContain(
      'This test has no fixture "echo", because it is made by the `test` of Vitest; make it by the `test` that `withPools`',
    );
    const missing = messageOf(outcome, 'a program that is not there');
    expect(missing).toContain('`no-such-program` was not found');
    expect(missing).toMatch(atLine(major, /\n +at .*names\.test\.ts:\d+/));
    const full = messageOf(outcome, 'a full pool');
    expect(full).toMatch(/the only slot is busy in "narrow"; held for \d+ ms by this test itself \(.*names\.test\.ts/);
    expect(full).toMatch(/\n +at .*names\.test\.ts:\d+/);
  });

  test('two versions of the adapter in one run say that one of them must go', async () => {
    using project = new Project(major, 'suite');
    // The config still loads the copy beside the project; the tests find this one.
    const another = join(project.folder, 'node_modules/@carpool/vitest');
    copyPackage(join(folderOf(major), 'node_modules/@carpool/vitest'), another);
    replaceInPackage(another, /version = ".*"/, 'version = "9.9.9"');
    project.edit('vitest.config.ts', '@carpool/vitest/config', '../node_modules/@carpool/vitest/dist/config.js');
    const outcome = await project.run(['concurrent.test.ts']);
    expect(outcome.tests).toHaveLength(4);
    for (const { messages } of outcome.tests) {
      expect(messages.join('\n')).toMatch(
        /the Vitest config loads @carpool\/vitest \d+\.\d+\.\d+, the tests load 9\.9\.9; install one version for both/,
      );
    }
  });
});
