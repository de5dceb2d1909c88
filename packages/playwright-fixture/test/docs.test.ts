/** The code in the documents is compiled and run as it stands there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeFiles } from '@carpool/test-harness/code-blocks';
import { expectVerdicts } from '@carpool/test-harness/expect';
import { Project } from './harness.ts';

test.for([
  ['docs/playwright.md', 11],
  ['packages/playwright-fixture/README.md', 1],
] as const)('the code of %s compiles and its tests pass', async ([document, tests]) => {
  using project = new Project('guide');
  for (const [file, code] of codeFiles(document)) if (!isOfShop(file)) project.write(file, code);
  const [errors, outcome] = await Promise.all([project.check(), project.run()]);
  expect(errors).toBe('');
  expectVerdicts(outcome, tests);
  expect(outcome.code).toBe(0);
});

/** It has the pools of another guide. */
const isOfShop = (file: string): boolean => file.startsWith('shop/');

/** A test with `request`, on the pool `shop` of the guide to servers. */
function shopProject(): Project {
  const project = new Project('guide');
  project.write('carpool.config.ts', codeFiles('docs/servers.md').get('carpool.config.ts')!);
  project.write(
    'shop.mjs',
    readFileSync(join(import.meta.dirname, '../../../apps/examples/pages/servers/shop.mjs'), 'utf8'),
  );
  const guide = codeFiles('docs/playwright.md');
  project.write('playwright.config.ts', guide.get('playwright.config.ts')!);
  project.write('request.spec.ts', guide.get('shop/request.spec.ts')!);
  return project;
}

test('the app under test: one session for the one test that uses it', async () => {
  using project = shopProject();
  const [errors, outcome] = await Promise.all([project.check(), project.run()]);
  expect(errors).toBe('');
  expectVerdicts(outcome, 2);
  expect(outcome.stderr).toMatch(/carpool: shop: 1 child, 1 session,/);
});

test('with `baseURL` as a fixture each test and each hook has one, as the guide says', async () => {
  using project = shopProject();
  project.edit('request.spec.ts', '{ api: APIRequestContext }', '{ api: APIRequestContext; baseURL: string }');
  project.edit(
    'request.spec.ts',
    '({\n  api: async ({ playwright, shop }',
    '({\n  baseURL: async ({ shop }, use) => await use(shop.opened.url),\n  api: async ({ playwright, shop }',
  );
  const outcome = await project.run(['--workers=1']);
  expectVerdicts(outcome, 2);
  expect(outcome.stderr).toMatch(/carpool: shop: 1 child, 3 sessions,/);
});

test('so is the config with options of the guide', async () => {
  using project = new Project('guide');
  for (const [file, code] of codeFiles('docs/playwright.md')) if (!isOfShop(file)) project.write(file, code);
  const outcome = await project.run(['--config=with-options.config.ts', 'greeting']);
  expectVerdicts(outcome, 4);
  expect(outcome).toMatchObject({ code: 0, stderr: expect.not.stringContaining('carpool:') });
  expect(
    outcome.tests.filter(({ attempts }) => attempts[0]?.attached.has('carpool')).map((one) => one.project),
  ).toEqual(['thorough', 'thorough']);
});
