/** What the tests share: one PostgreSQL server. Each test has a database of its own on it. */
import { postgres } from '@carpool/postgres';
import { defineConfig } from 'carpool';

export default defineConfig({
  pools: { db: postgres({ schema: ['migrations/*.sql', 'seed.sql', 'history.sql'] }) },
});
