/** The server of the database example, without Carpool. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { Databases } from './database/databases.ts';
import { startPostgres } from './database/postgres.ts';
import { order, total } from './database/shop.ts';
import { isAlive } from './is-alive.ts';

async function connect(options: ConstructorParameters<typeof Client>[0]): Promise<Client> {
  const client = new Client(options);
  // Some connections are closed by the server.
  client.on('error', () => {});
  await client.connect();
  return client;
}

test('every database is a copy of the template, and a server leaves nothing behind', { timeout: 60_000 }, async () => {
  const postgres = await startPostgres();
  const { host } = postgres.address;
  const databases = await Databases.open(postgres.address);
  const [one, two] = [await databases.create(), await databases.create()];
  const [first, second] = [await connect(one), await connect(two)];

  await order(first, 'Ada', 300);
  expect(await total(first, 'Ada')).toBe(1500);
  expect(await total(second, 'Ada')).toBe(1200);
  await expect(order(second, 'Nobody', 1)).rejects.toThrow('foreign key');

  await second.end();
  await databases.drop(one.database);
  await databases.drop(two.database);
  await expect(connect(two)).rejects.toThrow('does not exist');
  const admin = await connect({ ...postgres.address, database: 'postgres' });
  const { rows } = await admin.query("SELECT datname FROM pg_database WHERE datname NOT LIKE 'template%' ORDER BY 1");
  expect(rows).toEqual([{ datname: 'postgres' }, { datname: 'shop' }]);

  await databases[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
  expect(isAlive(postgres.pid)).toBe(false);
  expect(existsSync(host)).toBe(false);
});

test('a server that ends by itself says why', { timeout: 60_000 }, async () => {
  await using postgres = await startPostgres();
  process.kill(postgres.pid, 'SIGQUIT');
  await expect(postgres.failed).rejects.toThrow('received immediate shutdown request');
  expect(existsSync(postgres.address.host)).toBe(false);
});

test('a server ends with the process that started it, even if that is killed', { timeout: 60_000 }, async () => {
  const program = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, 'database/postgres.ts'))};
    const { pid, address: { host } } = await startPostgres();
    process.stdout.write(JSON.stringify({ pid, host }), () => process.kill(process.pid, 'SIGKILL'));`;
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [, signal]] = await Promise.all([text(starter.stdout), once(starter, 'exit')]);
  expect(signal).toBe('SIGKILL');
  const { pid, host } = JSON.parse(said) as { readonly pid: number; readonly host: string };
  // A process that is not a child sends no message when it ends; the test's timeout is the deadline.
  while (isAlive(pid) || existsSync(host)) await pause(20);
});
