/** The code in the documents is compiled and run as it stands there. */
import { describe, expect, test } from 'vitest';
import { codeFiles } from '@carpool/test-harness/code-blocks';
import { expectVerdicts } from '@carpool/test-harness/expect';
import { ends, Project } from './harness.ts';

describe.for(ends)('Vitest %s', (major) => {
  test.for([
    ['docs/vitest.md', 10],
    ['packages/vitest-adapter/README.md', 1],
  ] as const)('the code of %s compiles and its tests pass', async ([document, tests]) => {
    using project = new Project(major, 'guide');
    const files = codeFiles(document);
    for (const [file, code] of files) project.write(file, code);
    const [errors, outcome] = await Promise.all([project.check(), project.run()]);
    expect(errors).toBe('');
    expectVerdicts(outcome, tests);
    expect(outcome.code).toBe(0);
  });
});
