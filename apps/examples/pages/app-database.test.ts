/** The app on the databases of its tests, of docs/servers.md. */
import { expect, test } from 'vitest';
import { tested } from './tested.ts';

test('an app server has a database for each test', { timeout: 120_000 }, async () => {
  const stdout = await tested('app-database');
  expect(stdout).toMatch(/Tests +2 passed \(2\)/);
  expect(stdout).toMatch(/carpool: db: 1 child, 3 sessions/);
  expect(stdout).toMatch(/carpool: app: 1 child, 3 sessions/);
  // Neither connections that were left open, nor a `close` that has failed because the database had gone.
  expect(stdout).not.toContain('warning');
});
