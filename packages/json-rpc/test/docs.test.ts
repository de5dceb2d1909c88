/** The code of the guide and of the README, laid out as a project, compiled and run; and what the guide says of `confirm`. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectPagesRun } from '@carpool/test-harness/pages';
import { expect, test } from 'vitest';
import { poolOf, projectOf } from './support/servers.ts';

const programs = join(import.meta.dirname, 'programs');

test.each([
  { page: 'docs/json-rpc.md', tests: 3, jestTests: 1, playwrightTests: 1, sessions: 2 },
  { page: 'packages/json-rpc/README.md', tests: 1, sessions: 1 },
])('the code of $page compiles, and its tests pass', { timeout: 120_000 }, async ({ page, sessions, ...counts }) => {
  await expectPagesRun({
    folder: join(import.meta.dirname, '..'),
    pages: [page],
    ...counts,
    summary: `typescript: 1 child, ${sessions} session`,
    otherSummary: 'typescript: 1 child, 1 session',
    prepare(project) {
      copyFileSync(join(programs, 'ledger.mjs'), join(project, 'ledger.mjs'));
      return {};
    },
  });
});

test('a server that never answers an unknown request says no hello, but with a `confirm` that it knows', async () => {
  const silent = {
    command: process.execPath,
    args: [join(programs, 'small-server.mjs'), '--ignores-unknown'],
    root: projectOf({}),
  };
  await expect(poolOf({ ...silent, helloTimeout: 1_000 }).register()).rejects.toMatchObject({ code: 'CHILD_NO_HELLO' });
  const pool = poolOf({ ...silent, confirm: { method: 'workspace/symbol', params: { query: '' } } });
  await (await pool.register()).unregister();
  expect(pool.stats()).toMatchObject({ children: 1, sessions: 1, unconfirmed: 0, quarantined: 0 });
});
