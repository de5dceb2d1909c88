import { withPools } from '@carpool/vitest';
import pg from 'pg';
import config from './carpool.config.ts';

const test = withPools(config);

test('a customer moves', async ({ db, expect }) => {
  const client = new pg.Client(db.opened); // a database of its own, with the migrations in it
  await client.connect();
  await client.query("UPDATE customer SET city = 'Paris' WHERE name = 'Ada'");
  expect((await client.query('SELECT city FROM customer')).rows).toEqual([{ city: 'Paris' }]);
  await client.end();
});
