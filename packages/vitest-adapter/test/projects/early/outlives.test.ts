/** What a test or a hook begins may outlive it, and then waits on no clock: a fixture of the file, a server. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { withPools } from '@carpool/vitest';
import { lock } from 'carpool/coordination';
import { afterAll, beforeAll, expect } from 'vitest';
import config from './carpool.config.ts';

const short = 2_000;
const test = withPools(config, { scope: { narrow: 'file' } });
const derived = test.extend<{ ended: string }>({
  ended: [
    async ({ narrow }, use) => {
      await use(narrow.id);
      await narrow.request({ type: 'who' });
    },
    { scope: 'file' },
  ],
});

const server = createServer(async (_, response) => {
  const held = lock('of a server').acquire();
  await held.then(
    async (lease) => {
      await lease.release();
      response.end('released');
    },
    (thrown: unknown) => response.end(String(thrown)),
  );
});

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
}, short);
afterAll(() => void server.close());

derived('a fixture of the file is begun by a test', { timeout: short }, ({ ended, narrow }) => {
  expect(ended).toBe(narrow.id);
});

test('a server that a hook has started waits as long as it may', async () => {
  // The time of the hook and of the test before is over.
  await delay(short + 200);
  const other = await lock('of a server').acquire();
  const { port } = server.address() as AddressInfo;
  const answer = fetch(`http://127.0.0.1:${port}`).then((response) => response.text());
  // Longer than the least that a wait may take.
  await delay(200);
  await other.release();
  expect(await answer).toBe('released');
});
