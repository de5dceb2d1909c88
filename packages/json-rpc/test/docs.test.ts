/** The code of the guide and of the README, laid out as a project, compiled and run. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectPagesRun } from '@carpool/test-harness/pages';
import { test } from 'vitest';

test.each([
  ['docs/json-rpc.md', 3, 2],
  ['packages/json-rpc/README.md', 1, 1],
])('the code of %s compiles, and its tests pass', { timeout: 60_000 }, async (page, tests, sessions) => {
  await expectPagesRun({
    folder: join(import.meta.dirname, '..'),
    pages: [page],
    tests,
    summary: `typescript: 1 child, ${sessions} session`,
    prepare(project) {
      copyFileSync(join(import.meta.dirname, 'programs/ledger.mjs'), join(project, 'ledger.mjs'));
      return {};
    },
  });
});
