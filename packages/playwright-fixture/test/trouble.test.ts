/** Mistakes in the set-up: each gives one sentence that says what to change, in the tests that it concerns. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectVerdicts, messageOf } from '@carpool/test-harness/expect';
import { copyPackage, replaceInPackage } from '@carpool/test-harness';
import { home, Project } from './harness.ts';

test('without the global setup, tests that want a session say how to add it', async () => {
  using project = new Project('missing-setup');
  const outcome = await project.run(['by-value']);
  expectVerdicts(outcome, 2);
  expect(messageOf(outcome, 'no host')).toContain(
    "this run started none; add `globalSetup: '@carpool/playwright/global-setup'` to the Playwright config",
  );
  const byType = await project.run(['by-type']);
  expect(byType.errors.join('\n')).toContain('Cannot know the names of the pools: no global setup of Carpool has run');
});

test('a config that is not valid is reported by the tests that want a session', async () => {
  using project = new Project('wrong-config');
  const outcome = await project.run();
  expectVerdicts(outcome, 2);
  expect(messageOf(outcome, 'the config is wrong')).toMatch(
    /not valid at `pools\.echo\.maxSession`[^]*\n +at .*by-value\.spec\.ts:\d+:\d+/,
  );
});

test('a missing config is, too', async () => {
  using project = new Project('no-config');
  project.remove('carpool.config.ts');
  const outcome = await project.run();
  expectVerdicts(outcome, 2);
  expect(messageOf(outcome, 'there is no config')).toMatch(
    /There are no pools: no carpool\.config\.ts was found in \S+ or above it\. Write a config/,
  );
});

test('and one that has no pools', async () => {
  using project = new Project('no-pools');
  const outcome = await project.run();
  expectVerdicts(outcome, 1);
  expect(messageOf(outcome, 'no pools')).toMatch(
    /There are no pools: \S+carpool\.config\.ts has none\. Write a config/,
  );
});

test('a top-level await that never settles fails the run and names the file: Playwright itself ends it with 0', async () => {
  using project = new Project('no-pools');
  project.write(
    'unsettled.spec.ts',
    "import { test } from '@carpool/playwright';\nawait new Promise(() => {});\ntest('never runs', () => {});\n",
  );
  const outcome = await project.run();
  expect(outcome).toMatchObject({ code: 1, tests: [], left: [] });
  expect(outcome.stderr).toMatch(
    /carpool: no test has run: Playwright was loading \S+unsettled\.spec\.ts, .* A top-level `await` there, or in what it imports, never settles/,
  );
});

test('a pool that the config does not have, one that is full, a program that is not there', async () => {
  using project = new Project('trouble');
  const outcome = await project.run();
  expectVerdicts(outcome, 5);
  const known =
    'the Carpool config of this run has only "echo", "narrow", "slow", "stubborn", "strict", "missing", and the locks "printer", "desk", "device"; add it there';
  expect(messageOf(outcome, 'a pool of another config')).toContain(`Unknown pool "renderer": ${known}`);
  expect(messageOf(outcome, 'a full pool')).toMatch(
    /the only slot is busy in "narrow"; .*held for \d+ ms by this test itself/,
  );
  for (const name of ['not there', 'reported again'])
    expect(messageOf(outcome, name)).toMatch(/It cannot be installed[^]*\n +at .*names\.spec\.ts:\d+:\d+/);
});

test('two versions of the adapter in one run say that one of them must go', async () => {
  using project = new Project('server');
  // The config still loads the copy beside the project; the tests find this one.
  copyPackage(join(home, 'node_modules/@carpool/playwright'), join(project.folder, 'node_modules/@carpool/playwright'));
  replaceInPackage(project.path('node_modules/@carpool/playwright'), /version = ".*"/, 'version = "9.9.9"');
  const setup = join(home, 'node_modules/@carpool/playwright/dist/global-setup.js');
  project.edit('playwright.config.ts', '@carpool/playwright/global-setup', setup);
  const outcome = await project.run(['--grep=must fail']);
  expectVerdicts(outcome, 1);
  expect(messageOf(outcome, 'must fail')).toMatch(
    /the runner's main process loads @carpool\/playwright \d+\.\d+\.\d+, the tests load 9\.9\.9; install one version for both/,
  );
});

test('two versions of the core too, if they do not speak the same wire', async () => {
  using project = new Project('server');
  // The adapter of the tests has its own copy of the core.
  const adapter = 'node_modules/@carpool/playwright';
  copyPackage(join(home, adapter), join(project.folder, adapter));
  copyPackage(join(home, 'node_modules/carpool'), join(project.folder, adapter, 'node_modules/carpool'));
  replaceInPackage(project.path(join(adapter, 'node_modules/carpool')), /wire: 1\b/g, 'wire: 99');
  project.edit('playwright.config.ts', '@carpool/playwright/global-setup', join(home, adapter, 'dist/global-setup.js'));
  const outcome = await project.run(['--grep=must fail']);
  expectVerdicts(outcome, 1);
  expect(messageOf(outcome, 'must fail')).toMatch(
    /\(wire 99\), the host has carpool \S+ \(wire \d+\); install one version/,
  );
});

test('an address without a listener is named', async () => {
  using project = new Project('server');
  const address = `carpool:${join(project.folder, 'gone.sock')}#${'0'.repeat(64)}`;
  const outcome = await project.run(['--grep=must fail'], { env: { CARPOOL_ADDRESS: address } });
  expectVerdicts(outcome, 1);
  expect(messageOf(outcome, 'must fail')).toMatch(/Cannot reach the host at \S+gone\.sock: .*ENOENT/);
});
