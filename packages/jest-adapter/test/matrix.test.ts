import { describe, test } from 'vitest';
import { expectVerdicts } from './harness/expectations.ts';
import { majors } from './harness/majors.ts';
import { Project } from './harness/project.ts';

describe.for(majors)('Jest %s', (major) => {
  test('first', async () => {
    using project = new Project(major, 'suite');
    const outcome = await project.run();
    expectVerdicts(outcome, 6);
    console.log(outcome.stderr);
  });
});
