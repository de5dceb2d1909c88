/** The code of the guide and of the README, laid out as a project, compiled and run. */
import { join } from 'node:path';
import { expectPagesRun } from '@carpool/test-harness/pages';
import { describe, test } from 'vitest';
import { binary, reason } from './support/servers.ts';

describe.skipIf(binary === undefined)(`documents${reason}`, () => {
  test.each([
    ['docs/redis.md', 2],
    ['packages/redis/README.md', 1],
  ])('the code of %s compiles, and its tests pass', async (page, tests) => {
    await expectPagesRun({
      folder: join(import.meta.dirname, '..'),
      pages: [page],
      tests,
      summary: `redis: 1 child, ${tests} session`,
    });
  });
});
