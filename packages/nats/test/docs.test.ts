/** The code of the guide and of the README, laid out as a project, compiled and run. */
import { join } from 'node:path';
import { expectPagesRun } from '@carpool/test-harness/pages';
import { describe, test } from 'vitest';
import { binary, oneServer, reason } from './support/servers.ts';

describe.skipIf(binary === undefined)(`documents${reason}`, () => {
  test.each([
    { page: 'docs/reach.md', tests: 2 },
    { page: 'packages/nats/README.md', tests: 1 },
  ])('the code of $page compiles, and its tests pass', async ({ page, tests }) => {
    const { url } = await oneServer();
    const folder = join(import.meta.dirname, '..');
    await expectPagesRun({ folder, pages: [page], tests, prepare: () => ({ NATS_URL: url, CARPOOL_RUN: 'docs' }) });
  });
});
