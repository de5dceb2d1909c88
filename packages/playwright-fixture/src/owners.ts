/** Who holds sessions: an attempt of a test, or a hook for all tests; and a worker, for fixtures of the user's. */
import { randomUUID } from 'node:crypto';
import type { TestInfo, WorkerInfo } from '@playwright/test';
import { isCarpoolError, Owner } from 'carpool/client';
import { connect } from './provided.ts';

/** Hooks for all tests come with the info of the first test, and an owner that has ended stays ended: so it is random. */
export function ownerOfTest({ file, testId, retry, titlePath }: TestInfo): Owner {
  const path = [file, `${testId} ${retry} ${randomUUID()}`];
  return new Owner({ path, holder: { test: titlePath.slice(1).join(' › '), file }, connect });
}

export function ownerOfWorker({ workerIndex }: WorkerInfo): Owner {
  return new Owner({ path: [randomUUID()], holder: { test: `worker ${workerIndex}, for all its tests` }, connect });
}

/**
 * Makes sure that the child of a pool runs, at the expense of nobody's test. A pool that is full has one, or somebody
 * else is having it started.
 * @throws CarpoolError CHILD_*, POOL_GAVE_UP
 */
export async function startChild(pool: string): Promise<void> {
  const client = await connect(pool);
  const stats = await client.stats();
  // It has a pid from the time when it said hello.
  if (stats.some(({ name, pid }) => name === pool && pid !== undefined)) return;
  try {
    const session = await client.register(pool, { wait: false, holder: { test: 'the start of the child' } });
    // One that does not confirm is counted by the host, and no reason to fail.
    await session.unregister().catch(() => {});
  } catch (thrown) {
    if (!isCarpoolError(thrown, 'POOL_FULL')) throw thrown;
  }
}
