/** The code in the documents is compiled and run as it stands there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectVerdicts } from './harness/expectations.ts';
import { Project } from './harness/project.ts';

const root = join(import.meta.dirname, '../../..');

/** The blocks of code of a document that have a title: their files. */
function filesIn(document: string): Map<string, string> {
  const text = readFileSync(join(root, document), 'utf8');
  const blocks = text.matchAll(/^```ts title="(?<file>[^"]+)"\n(?<code>[^]*?)^```$/gm);
  return new Map(Array.from(blocks, ({ groups }) => [groups?.['file'] ?? '', groups?.['code'] ?? '']));
}

test.for([
  ['docs/playwright.md', 11],
  ['packages/playwright-fixture/README.md', 1],
] as const)('the code of %s compiles and its tests pass', async ([document, tests]) => {
  using project = new Project('guide');
  const files = filesIn(document);
  for (const [file, code] of files) project.write(file, code);
  const [errors, outcome] = await Promise.all([project.check(), project.run()]);
  expect(errors).toBe('');
  expectVerdicts(outcome, tests);
  expect(outcome.code).toBe(0);
});

test('so is the config with options of the guide', async () => {
  using project = new Project('guide');
  for (const [file, code] of filesIn('docs/playwright.md')) project.write(file, code);
  const outcome = await project.run(['--config=with-options.config.ts', 'greeting']);
  expectVerdicts(outcome, 4);
  expect(outcome).toMatchObject({ code: 0, stderr: expect.not.stringContaining('carpool:') });
  expect(
    outcome.tests.filter(({ attempts }) => attempts[0]?.attached.has('carpool')).map((one) => one.project),
  ).toEqual(['thorough', 'thorough']);
});
