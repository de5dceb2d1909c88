/** The code of the guide and of the README, laid out as a project, compiled and run. */
import { join } from 'node:path';
import { expectPagesRun } from '@carpool/test-harness/pages';
import { describe, test } from 'vitest';
import { binary, reason } from './support/servers.ts';

describe.skipIf(binary === undefined)(`documents${reason}`, () => {
  test.each([
    { page: 'docs/redis.md', tests: 2, jestTests: 2 },
    { page: 'packages/redis/README.md', tests: 1 },
  ])('the code of $page compiles, and its tests pass', async ({ page, ...counts }) => {
    await expectPagesRun({
      folder: join(import.meta.dirname, '..'),
      pages: [page],
      ...counts,
      summary: `redis: 1 child, ${counts.tests} session`,
    });
  });
});
