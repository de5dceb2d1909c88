/** Projects of one Vitest: those that find the same config share one child, however the projects are written. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts } from './harness/expectations.ts';
import { majors } from './harness/majors.ts';
import { Project } from './harness/project.ts';

describe.for(majors)('Vitest %s', (major) => {
  test('inline, extending and config-file projects share a host; one with a config of its own has its own', async () => {
    using project = new Project(major, 'workspace');
    const outcome = await project.run();
    expectVerdicts(outcome, 20);
    const lines = outcome.stderr.split('\n').filter((line) => line.startsWith('carpool: echo: 1 child, '));
    expect(lines.map((line) => /\d+ sessions/.exec(line)?.[0]).toSorted()).toEqual(['16 sessions', '4 sessions']);
  });

  test('one project of several may be run alone', async () => {
    using project = new Project(major, 'workspace');
    const outcome = await project.run(['--project=inline']);
    expectVerdicts(outcome, 4);
    expect(outcome.code).toBe(0);
  });
});
