/** The code in the documents is compiled and run as it stands there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectVerdicts } from './harness/expectations.ts';
import { majors } from './harness/majors.ts';
import { Project } from './harness/project.ts';

const root = join(import.meta.dirname, '../../..');

/** The blocks of code of a document that have a title: their files. */
function filesIn(document: string): Map<string, string> {
  const text = readFileSync(join(root, document), 'utf8');
  const blocks = text.matchAll(/^```ts title="(?<file>[^"]+)"\n(?<code>[^]*?)^```$/gm);
  return new Map(Array.from(blocks, ({ groups }) => [groups?.['file'] ?? '', groups?.['code'] ?? '']));
}

describe.for(majors)('Vitest %s', (major) => {
  test.for([
    ['docs/vitest.md', 9],
    ['packages/vitest-adapter/README.md', 1],
  ] as const)('the code of %s compiles and its tests pass', async ([document, tests]) => {
    using project = new Project(major, 'guide');
    const files = filesIn(document);
    for (const [file, code] of files) project.write(file, code);
    const [errors, outcome] = await Promise.all([project.check(), project.run()]);
    expect(errors).toBe('');
    expectVerdicts(outcome, tests);
    expect(outcome.code).toBe(0);
  });
});
