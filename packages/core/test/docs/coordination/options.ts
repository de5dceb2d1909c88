import { lock } from '../../../src/entry/coordination.ts';
import { beforeAll, expect, test } from 'vitest';

const db = lock('db');

beforeAll(async () => {
  // Outside of a test: until the end of the file.
  await db.acquire();
});

test('has a deadline, and can be given up', async ({ signal }) => {
  using printer = await lock('printer').acquire({ timeout: 5_000, signal });
  expect(printer.held).toBe(true);
});

test('takes something for the tests after it', async () => {
  const licence = await lock('licence').acquire({ scope: 'worker' });
  expect(licence.held).toBe(true);
});
