/** What the three adapters have in common besides the contract of packages/adapter-contract: scopes, `register`, names, errors. */
import { describe, expect, test } from 'vitest';
import { expectEvidence, expectVerdicts } from '@carpool/test-harness/expect';
import { ends, Project } from './harness.ts';

describe.for(ends)('Vitest %s', (major) => {
  test('scopes, `register`, reserved names and the headline of an error are those of every adapter', async () => {
    using project = new Project(major, 'agreement');
    const outcome = await project.run(['--no-isolate', '--maxWorkers=1', '--no-file-parallelism'], {
      env: { CARPOOL_EVIDENCE: 'whole' },
    });
    expectVerdicts(outcome, 8);
    expect(outcome.stdout).toMatch(/test 1 of this worker[^]*test 2 of this worker/);
    const headlines = (outcome.stdout + outcome.stderr).match(/^(?! *→).*"one" already has session.*$/gm) ?? [];
    expect(headlines.map((line) => line.trim())).toEqual([
      expect.stringMatching(/^CarpoolError \[ALREADY_REGISTERED\]: [^[\]]+$/),
    ]);
    expect(outcome.stdout + outcome.stderr).toMatch(/── echo, session [^]*said before/);
    expectEvidence(outcome.stdout + outcome.stderr);
  });

  test('evidence can be turned off', async () => {
    using project = new Project(major, 'agreement');
    project.edit('vitest.config.ts', 'carpool()', 'carpool({ evidence: false })');
    const outcome = await project.run();
    expectVerdicts(outcome, 8);
    expect(outcome.stdout + outcome.stderr).not.toContain('── echo, session');
  });
});
