import { getPort, leasePort } from '../../../src/entry/coordination.ts';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';

test('has its own port', async () => {
  const port = await getPort();
  await using server = createServer().listen(port);
  await once(server, 'listening');
  expect(server.address()).toMatchObject({ port });
});

test('would like a certain one, and gives it back before the end', async () => {
  using lease = await leasePort({ port: [8080, 8081], exclude: [8082] });
  expect(lease.port).not.toBe(8082);
});
