import { threadId } from 'node:worker_threads';
import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config, { scope: { echo: 'worker' } });

test('a worker may share one session', async ({ echo, task }) => {
  expect(await echo.request({ type: 'set', value: 1 })).toMatchObject({ value: 1 });
  // Compared from outside: files of one worker must name one session.
  Object.assign(task.meta, { session: echo.id, worker: `${process.pid}.${threadId}` });
});
