import { getPort, leasePort } from '../../../src/entry/coordination.ts';
import { createServer } from 'node:http';
import { test } from 'vitest';

test('has a port of its own', async () => {
  const server = createServer().listen(await getPort());
  server.close();
});

test('would like a certain one, and gives it back before the end', async () => {
  using lease = await leasePort({ port: [8080, 8081], exclude: [8082] });
  createServer().listen(lease.port).close();
});
