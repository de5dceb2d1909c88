/** From what a config says of a shared worker to what can be started. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { clone } from '../realm/structured-clone.ts';
import type { SharedWorkerEntry } from '../config/define-shared-worker.ts';
import { defaultReadyTimeout, defaultTeardownTimeout, type SharedWorkerPlan } from './shared-workers/shared-workers.ts';

/**
 * @param folder paths are relative to it
 * @throws CarpoolError FRAME_MALFORMED if `initialData` cannot be handed over
 */
export function workerPlan(source: SharedWorkerEntry, folder: string): SharedWorkerPlan {
  const { file, initialData, ...limits } =
    typeof source === 'string' || source instanceof URL ? { file: source, initialData: undefined } : source;
  const text = String(file);
  const url = text.startsWith('file:') ? text : pathToFileURL(resolve(folder, text)).href;
  const data =
    initialData === undefined ? {} : { initialData: clone(initialData, `Cannot hand initialData to ${url}`) };
  return {
    file: url,
    url,
    readyTimeout: defaultReadyTimeout,
    teardownTimeout: defaultTeardownTimeout,
    ...limits,
    ...data,
  };
}
