/** From a test worker to the host, or one sentence that says what to change. */
import type { Client, Provided } from 'carpool/adapter/test-process';
import { inject } from 'vitest';
import { version } from './provided.ts';

type Core = typeof import('carpool/adapter/test-process');

/** Loaded by the first that wants something: most test files do not. */
let core: Core | undefined;

const worker = {
  runner: 'vitest',
  adapter: '@carpool/vitest',
  version,
  loader: 'the Vitest config',
  remedy: "add `plugins: [carpool()]` from '@carpool/vitest/config' to the Vitest config",
};

/** What the main process provided. Undefined without the plugin, and under `vitest list`, which runs no global setup. */
export function provided(): Provided | undefined {
  return inject('carpool') as Provided | undefined;
}

/** The client of this worker. It connects to the host when a test wants a session for the first time. */
export function connect(pool?: string | false): Client | Promise<Client> {
  // Loading a module takes a turn, even one that is there.
  if (core !== undefined) return core.connectProvided(provided(), worker, pool);
  return import('carpool/adapter/test-process').then((loaded) => {
    core = loaded;
    return loaded.connectProvided(provided(), worker, pool);
  });
}

/**
 * At the end of a file, where the worker goes on with a context of its own for the next file (vmThreads, vmForks): the
 * socket of this context would keep the whole context alive.
 */
export async function disconnect(): Promise<void> {
  // `process` is the worker's in every context, `Object` is this context's.
  if (process instanceof Object) return;
  const address = provided()?.address;
  if (address === undefined) return;
  const { sharedClient } = await import('carpool/adapter/test-process');
  const client = await sharedClient({ address, runner: 'vitest' });
  client.close();
}
