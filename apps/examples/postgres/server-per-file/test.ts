/**
 * The same `test`, the way it is done without Carpool: every test file starts a server of its own, runs the migrations into
 * a template, and copies that for each test.
 */
import { afterAll, beforeAll, test as base } from 'vitest';
import { PostgresServer, type Connection } from './postgres-server.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await PostgresServer.start();
  await server.makeTemplate();
});

afterAll(() => server.stop());

export const test = base.extend<{ db: { readonly opened: Connection } }>({
  // oxlint-disable-next-line no-empty-pattern
  db: async ({}, use) => {
    const opened = await server.createDatabase();
    await use({ opened });
    await server.dropDatabase(opened.database);
  },
});
