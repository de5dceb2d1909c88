/** From what a config says of a shared worker to what can be started. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { clone } from '../realm/structured-clone.ts';
import type { SharedWorkerEntry } from '../config/define-shared-worker.ts';
import { defaultReadyTimeout, defaultTeardownTimeout, type SharedWorkerPlan } from './shared-workers/worker-plan.ts';

/**
 * @param folder paths are relative to it
 * @throws CarpoolError FRAME_MALFORMED if `initialData` cannot be cloned
 */
export function planFromConfig(entry: SharedWorkerEntry, folder: string): SharedWorkerPlan {
  const source = typeof entry === 'string' || entry instanceof URL ? { file: entry } : entry;
  const { file, initialData, readyTimeout = defaultReadyTimeout, teardownTimeout = defaultTeardownTimeout } = source;
  const text = String(file);
  const url = text.startsWith('file:') ? text : pathToFileURL(resolve(folder, text)).href;
  const data = initialData === undefined ? undefined : clone(initialData, `Cannot pass initialData to ${url}`);
  return { file: url, url, initialData: data, readyTimeout, teardownTimeout };
}
