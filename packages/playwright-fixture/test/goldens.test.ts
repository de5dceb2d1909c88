/** What a package that compares with golden files finds out about Playwright. */
import { expect, test } from 'vitest';
import { expectVerdicts } from '@carpool/test-harness/expect';
import { Project } from './harness.ts';

test.for([
  ['missing', [], {}],
  ['all', ['-u'], {}],
  ['all', ['--update-snapshots=all'], {}],
  ['missing', ['--update-snapshots=missing'], { CI: 'true' }],
  ['none', ['--update-snapshots=none'], {}],
  ['none', [], { CI: 'true' }],
  ['all', ['-u'], { CI: 'true' }],
] as const)('golden files are treated as snapshots are: %s, with %j, %j', async ([update, args, env]) => {
  using project = new Project('goldens');
  const outcome = await project.run(args, { env: { ...env, EXPECTED: update } });
  expectVerdicts(outcome, 1);
  expect(outcome.code).toBe(0);
});
