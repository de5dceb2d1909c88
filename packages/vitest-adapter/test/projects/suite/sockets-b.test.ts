import { readdirSync, readlinkSync } from 'node:fs';
import { isMainThread, threadId } from 'node:worker_threads';
import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('files leave no socket to the next one', async ({ task }) => {
  // Compared from outside: in one worker the number must not grow from file to file.
  const sockets = readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith('socket:')).length;
  // Threads share their descriptors with the main process.
  if (!isMainThread) return;
  Object.assign(task.meta, { sockets, worker: `${process.pid}.${threadId}` });
});

test('but they have one', async ({ echo }) => {
  expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
});

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return 'closed';
  }
}
