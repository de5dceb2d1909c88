/** What a package that compares with golden files finds out about Vitest. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts } from '@carpool/test-harness/expect';
import { ends, Project } from './harness.ts';

describe.for(ends)('Vitest %s', (major) => {
  test.for([
    ['missing', [], {}],
    ['all', ['-u'], {}],
    ['none', [], { CI: 'true' }],
    ['all', ['-u', '--pool=threads'], { CI: 'true' }],
    ['all', ['-u', '--pool=vmThreads'], {}],
    ['missing', ['--no-isolate', '--maxWorkers=1'], {}],
  ] as const)('golden files are treated as snapshots are: %s, with %j, %j', async ([update, args, env]) => {
    using project = new Project(major, 'goldens');
    const outcome = await project.run(args, { env: { ...env, EXPECTED: update } });
    expectVerdicts(outcome, 4);
    expect(outcome.code).toBe(0);
  });
});
