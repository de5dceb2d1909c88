import { isCarpoolError } from '../../../src/entry/index.ts';
import { semaphore } from '../../../src/entry/coordination.ts';
import { test } from 'vitest';

/** All who use the name say the same size. */
const gigabytes = semaphore('gigabytes', 8);

test('needs much memory at first, and less later', async () => {
  const memory = await gigabytes.acquire(4);
  await loadEverything();
  memory.release(3);
  await lookAtOnePart();
});

test('runs only where there is room', async ({ skip }) => {
  try {
    await gigabytes.acquireNow(2);
  } catch (error) {
    if (isCarpoolError(error, 'LEASE_TAKEN')) skip(error.message);
    throw error;
  }
  await lookAtOnePart();
});

async function loadEverything(): Promise<void> {}
async function lookAtOnePart(): Promise<void> {}
