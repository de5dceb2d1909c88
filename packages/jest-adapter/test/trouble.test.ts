/** Mistakes in the set-up: each gives one sentence that says what to change, in the tests that it concerns. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectVerdicts, messageOf } from '@carpool/test-harness/expect';
import { copyPackage, replaceInPackage, type Outcome } from '@carpool/test-harness';
import { folderOf, type Major, majors, Project } from './harness.ts';

/** As in Node 20. */
const olderNode = `--import=data:text/javascript,${encodeURIComponent('delete Promise.withResolvers;')}`;

/** The messages of the two tests that want a session; the third has passed. */
function complaints(outcome: Outcome): [fixture: string, byHand: string] {
  expectVerdicts(outcome, 3);
  return [messageOf(outcome, 'a fixture'), messageOf(outcome, 'a session by hand')];
}

/** Another version of the adapter, in the project itself; the one beside the project stays. */
function anotherAdapter(project: Project, major: Major): void {
  const another = project.path('node_modules/@carpool/jest');
  copyPackage(join(folderOf(major), 'node_modules/@carpool/jest'), another);
  replaceInPackage(another, /version = ".*"/, 'version = "9.9.9"');
}

describe.for(majors)('Jest %s', (major) => {
  const trouble = ['trouble.test'];

  test('without a config, without pools, with a wrong one, or in an old Node, the tests that want a session say so', async () => {
    using missing = new Project(major, 'trouble');
    missing.remove('carpool.config.mjs');
    using empty = new Project(major, 'trouble');
    empty.write('carpool.config.mjs', 'export default {};');
    using wrong = new Project(major, 'trouble');
    wrong.edit(
      'carpool.config.mjs',
      'defineConfig({ pools })',
      'defineConfig({ pools: { echo: { ...pools.echo, maxSession: 1 } } })',
    );
    using older = new Project(major, 'trouble');
    const running = older.run(trouble, { env: { NODE_OPTIONS: olderNode } });
    const [first, second, third] = await Promise.all([missing, empty, wrong].map((project) => project.run(trouble)));
    // It ends, too, and nothing is left.
    for (const words of complaints(await running))
      expect(words).toMatch(/^CarpoolError \[CONFIG_INVALID\]: Carpool needs Node 22\.12 or newer, and this is Node /);
    for (const words of complaints(first as Outcome)) {
      expect(words).toMatch(/There are no pools: no carpool\.config\.ts was found in .*trouble-\w+ or above it/);
    }
    for (const words of complaints(second as Outcome))
      expect(words).toMatch(/There are no pools: .*config\.mjs has none/);
    // At the test, or at the line that asks.
    for (const words of complaints(third as Outcome))
      expect(words).toMatch(/not valid at `pools\.echo\.maxSession`.*\n +at .*trouble\.test\.js:\d+:\d+/);
  });

  test('so does a test that gets their names from the host', async () => {
    using missing = new Project(major, 'esm');
    missing.remove('carpool.config.ts');
    const outcome = await missing.run(['by-type'], { env: { NODE_OPTIONS: '--experimental-vm-modules' } });
    const [words] = outcome.tests.map(({ messages }) => messages.join('\n'));
    expect(words).toContain('There are no pools: no carpool.config.ts was found');
  });

  test('without the preset, or with a part of it, they say what is missing', async () => {
    using nothing = new Project(major, 'trouble');
    nothing.edit('jest.config.js', "preset: '@carpool/jest'", '');
    using noSetup = new Project(major, 'trouble');
    noSetup.edit('jest.config.js', "preset: '@carpool/jest'", "testEnvironment: '@carpool/jest/environment'");
    const [first, second] = await Promise.all([nothing.run(trouble), noSetup.run(trouble)]);
    for (const words of complaints(first)) {
      expect(words).toContain("this run started no host; add `preset: '@carpool/jest'` to the Jest config");
    }
    for (const words of complaints(second)) {
      expect(words).toMatch(
        /this run started none; add `preset: '@carpool\/jest'` .* or call its global setup in yours/,
      );
    }
  });

  test('an environment that replaces the preset’s is named', async () => {
    using configured = new Project(major, 'trouble');
    configured.edit('jest.config.js', "jest'", "jest', testEnvironment: 'jest-environment-jsdom'");
    using docblock = new Project(major, 'trouble');
    docblock.write('trouble.test.js', `/** @jest-environment jsdom */\n${docblock.read('trouble.test.js')}`);
    const [first, second] = await Promise.all([configured.run(trouble), docblock.run(trouble)]);
    for (const words of complaints(first)) {
      expect(words).toMatch(/is \S*jest-environment-jsdom\S*, by `testEnvironment` of the Jest config in place of the/);
      expect(words).toContain('wrap it: `withCarpool(Environment)`');
    }
    for (const words of complaints(second)) {
      expect(words).toContain('the test environment of this file is "jsdom", by its docblock, and carries no sessions');
      expect(words).toContain('for jsdom write `@jest-environment @carpool/jest/environment-jsdom`');
    }
  });

  test('a pool that the config does not have is named, with those that it has', async () => {
    using project = new Project(major, 'trouble');
    const outcome = await project.run(['names']);
    expectVerdicts(outcome, 7);
    const known =
      'the Carpool config of this run has only "echo", "narrow", "slow", "stubborn", "strict", "packed"; add it there';
    expect(messageOf(outcome, 'a pool of another config')).toContain(`Unknown pool "renderer": ${known}`);
    expect(messageOf(outcome, 'must fail: a name that is no pool')).toContain(
      `Unknown fixture "ecko": it is no pool, lock or shared worker; ${known}, or correct the name: did you mean the pool "echo"?`,
    );
    expect(messageOf(outcome, 'a name that is no pool, by hand')).toContain(`Unknown pool "ecko": ${known}`);
    expect(messageOf(outcome, 'not destructured')).toContain('name it in the parameters of the test');
    expect(messageOf(outcome, 'a test of Jest itself')).toMatch(
      /^Error: This test has no fixtures, because it is made by the `test` of Jest; make it by the `test` that `withPools`/,
    );
    const full = messageOf(outcome, 'a full pool');
    expect(full).toMatch(/the only slot is busy in "narrow"; held for \d+ ms by this test itself \(.*names\.test\.js/);
    expect(full).toMatch(/\n +at .*names\.test\.js:\d+/);
  });

  test('two versions of the adapter in one run say that one of them must go', async () => {
    // The whole preset is of one version, the tests load another.
    using entry = new Project(major, 'trouble');
    anotherAdapter(entry, major);
    entry.edit(
      'jest.config.js',
      "preset: '@carpool/jest'",
      "...require('../node_modules/@carpool/jest/dist/jest-preset.cjs')",
    );
    // The setup is of one version, the environment and the tests are of another.
    using setup = new Project(major, 'trouble');
    anotherAdapter(setup, major);
    const older = "globalSetup: '../node_modules/@carpool/jest/dist/global-setup.mjs'";
    setup.edit('jest.config.js', "jest'", `jest', ${older}`);
    const [first, second] = await Promise.all([entry.run(trouble), setup.run(trouble)]);
    for (const words of complaints(first)) {
      expect(words).toMatch(
        /the test environment is of @carpool\/jest \d+\.\d+\.\d+, the tests load 9\.9\.9; install one/,
      );
    }
    for (const words of complaints(second)) {
      expect(words).toMatch(
        /main process loads @carpool\/jest \d+\.\d+\.\d+, the tests load 9\.9\.9; install one version/,
      );
    }
  });
});
