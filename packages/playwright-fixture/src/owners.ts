/** Who holds sessions: an attempt of a test, or a hook for all tests; and a worker, for fixtures of the user's. */
import { randomUUID } from 'node:crypto';
import type { TestInfo, WorkerInfo } from '@playwright/test';
import { Owner } from 'carpool/client';
import { connect } from './provided.ts';

/** Hooks for all tests come with the info of the first test, and an owner that has ended stays ended: so it is random. */
export function ownerOfTest({ file, testId, retry, titlePath }: TestInfo): Owner {
  const path = [file, `${testId} ${retry} ${randomUUID()}`];
  return new Owner({ path, holder: { test: titlePath.slice(1).join(' › '), file }, connect });
}

export function ownerOfWorker({ workerIndex }: WorkerInfo): Owner {
  return new Owner({ path: [], holder: { test: `worker ${workerIndex}, for all its tests` }, connect });
}
