import { isCarpoolError } from '../../../src/entry/index.ts';
import { semaphore } from '../../../src/entry/coordination.ts';
import { expect, test } from 'vitest';

/** Every test that uses the name gives the same size. */
const gigabytes = semaphore('gigabytes', 8);

test('needs much memory at first, and less later', async () => {
  const memory = await gigabytes.acquire(4);
  const everything = await loadEverything();
  memory.release(3);
  expect(everything).toContain('one part');
});

test('runs only where there is room', async ({ skip }) => {
  try {
    await gigabytes.acquireNow(2);
  } catch (error) {
    if (isCarpoolError(error, 'LEASE_TAKEN')) skip(error.message);
    throw error;
  }
  expect(await loadEverything()).toContain('one part');
});

async function loadEverything(): Promise<string[]> {
  return ['one part'];
}
