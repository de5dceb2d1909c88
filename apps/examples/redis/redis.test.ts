/** The suite of this folder. */
import { optionalProgram } from '@carpool/test-harness/programs';
import { expect, test } from 'vitest';
import { tested } from '../pages/tested.ts';

const server = optionalProgram(['redis-server', 'valkey-server'], 'CARPOOL_REDIS');

test.skipIf(server.path === undefined)(`a shop on Redis${server.reason}`, async () => {
  const stdout = await tested('../redis');
  expect(stdout).toMatch(/Tests +8 passed \(8\)/);
  expect(stdout).toMatch(/carpool: redis: 1 child, 8 sessions/);
  expect(stdout).not.toContain('warning');
});
