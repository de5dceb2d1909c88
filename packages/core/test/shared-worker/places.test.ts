// Which starts of a shared worker count, and for how long.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SharedWorkers } from '../../src/host/shared-workers/shared-workers.ts';
import { failure } from '../support/failure.ts';
import { closing, place, until } from '../support/pools.ts';
import { workerFile } from './support.ts';

function workers(pathOf: (number: number) => string, max?: number): SharedWorkers {
  const options = { pathOf, token: 'a token', named: Promise.resolve(new Map()) };
  const made = new SharedWorkers(max === undefined ? options : { ...options, max });
  closing({ close: async () => void (await made.close()) });
  return made;
}

const start = (all: SharedWorkers, name: string): Promise<{ path: string }> =>
  all.start({ method: 'sharedWorker', filename: workerFile(name).href });

test('a worker that has failed keeps no place', async () => {
  const all = workers((number) => join(place().path, `w${number}`), 1);
  for (const name of ['throws.mjs', 'gone.mjs']) {
    const { path } = await start(all, name);
    expect((await all.state(path, true)).error).toBeDefined();
    await until('its thread is gone', () => all.threads === 0);
  }
  await start(all, 'echo.mjs');
  expect((await failure(start(all, 'typed.ts'), 'SHARED_WORKER_FAILED')).message).toContain('1 shared workers run');
  // Why it failed stays known for this run.
  await failure(start(all, 'throws.mjs'), 'SHARED_WORKER_FAILED');
});

test('a worker for which the system had no socket is started again for the next file, in the same run', async () => {
  const nowhere = join(place().path, 'nowhere', 'w');
  const all = workers((number) => (number === 1 ? nowhere : join(place().path, `w${number}`)));
  expect((await failure(start(all, 'echo.mjs'), 'SHARED_WORKER_FAILED')).message).toContain('listen');
  expect((await start(all, 'echo.mjs')).path).toContain('w2');
});
