/** The code in the documents is compiled and run as it stands there. */
import { expect, test } from 'vitest';
import { codeFiles } from '@carpool/test-harness/code-blocks';
import { expectVerdicts } from '@carpool/test-harness/expect';
import { Project } from './harness.ts';

test.for([
  ['docs/playwright.md', 11],
  ['packages/playwright-fixture/README.md', 1],
] as const)('the code of %s compiles and its tests pass', async ([document, tests]) => {
  using project = new Project('guide');
  const files = codeFiles(document);
  for (const [file, code] of files) project.write(file, code);
  const [errors, outcome] = await Promise.all([project.check(), project.run()]);
  expect(errors).toBe('');
  expectVerdicts(outcome, tests);
  expect(outcome.code).toBe(0);
});

test('so is the config with options of the guide', async () => {
  using project = new Project('guide');
  for (const [file, code] of codeFiles('docs/playwright.md')) project.write(file, code);
  const outcome = await project.run(['--config=with-options.config.ts', 'greeting']);
  expectVerdicts(outcome, 4);
  expect(outcome).toMatchObject({ code: 0, stderr: expect.not.stringContaining('carpool:') });
  expect(
    outcome.tests.filter(({ attempts }) => attempts[0]?.attached.has('carpool')).map((one) => one.project),
  ).toEqual(['thorough', 'thorough']);
});
