import { lock } from '../../../src/entry/coordination.ts';
import { beforeAll, test } from 'vitest';

const db = lock('db');

beforeAll(async () => {
  // Outside of a test: until the end of the file.
  await db.acquire();
});

test('has a deadline, and can be given up', async ({ signal }) => {
  await lock('printer').acquire({ timeout: 5_000, signal });
});

test('takes something for the tests after it', async () => {
  await lock('licence').acquire({ scope: 'worker' });
});
