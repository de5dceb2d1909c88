/** What the three adapters have in common besides the contract of packages/adapter-contract: scopes, `register`, names, errors. */
import { expect, test } from 'vitest';
import { expectEvidence, expectVerdicts } from '@carpool/test-harness/expect';
import { Project } from './harness.ts';

test('scopes, `register`, reserved names and the headline of an error are those of every adapter', async () => {
  using project = new Project('agreement');
  const outcome = await project.run([], { env: { CARPOOL_EVIDENCE: 'whole' } });
  expectVerdicts(outcome, 11);
  expect(outcome.stdout).toMatch(/test 1 of this worker[^]*test 2 of this worker/);
  const headlines = (outcome.stdout + outcome.stderr).match(/^(?! *→).*"one" already has session.*$/gm) ?? [];
  expect(headlines.map((line) => line.trim())).toEqual([
    expect.stringMatching(/^CarpoolError \[ALREADY_REGISTERED\]: [^[\]]+$/),
  ]);
  expect(outcome.stdout + outcome.stderr).toMatch(/── echo, session [^]*said before/);
  expectEvidence(outcome.stdout + outcome.stderr);
});

test('evidence can be turned off', async () => {
  using project = new Project('agreement');
  project.write(
    'playwright.config.ts',
    "import { carpool } from '@carpool/playwright/config';\nexport default { ...carpool({ evidence: false }), workers: 1 };\n",
  );
  const outcome = await project.run();
  expectVerdicts(outcome, 11);
  expect(outcome.stdout + outcome.stderr).not.toContain('── echo, session');
});
