/** What a package that compares with golden files finds out about Jest. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts } from '@carpool/test-harness/expect';
import { majors, Project } from './harness.ts';

describe.for(majors)('Jest %s', (major) => {
  test.for([
    ['missing', []],
    ['all', ['-u']],
    ['none', ['--ci']],
    ['all', ['--ci', '-u']],
  ] as const)('golden files are treated as snapshots are: %s, with %j', async ([update, args]) => {
    using project = new Project(major, 'goldens');
    const outcome = await project.run(args, { env: { EXPECTED: update } });
    expectVerdicts(outcome, 1);
    expect(outcome.code).toBe(0);
  });
});
