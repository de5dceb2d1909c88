/** What the tests of all runners share: one PostgreSQL server, and a database on it for each test. */
import { postgres } from '@carpool/postgres';
import { defineConfig } from 'carpool';

export default defineConfig({
  pools: { db: postgres({ schema: ['database/migrations/*.sql', 'database/seed.sql'] }) },
});
