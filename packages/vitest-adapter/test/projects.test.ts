/** Projects of one Vitest: those that find the same config share one child, however the projects are written. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts } from '@carpool/test-harness/expect';
import { ends, Project } from './harness.ts';

describe.for(ends)('Vitest %s', (major) => {
  test('inline, extending and config-file projects share a host; one with a config of its own has its own', async () => {
    using project = new Project(major, 'workspace');
    const outcome = await project.run();
    expectVerdicts(outcome, 21);
    const lines = outcome.stderr.split('\n').filter((line) => line.startsWith('carpool: echo: 1 child, '));
    const sessions = lines.map((line) => Number(/(\d+) sessions/.exec(line)?.[1]));
    expect(sessions.toSorted((a, b) => a - b)).toEqual([4, 16]);
  });

  test('one project of several can run alone', async () => {
    using project = new Project(major, 'workspace');
    const outcome = await project.run(['--project=inline']);
    expectVerdicts(outcome, 4);
    expect(outcome.code).toBe(0);
  });
});
