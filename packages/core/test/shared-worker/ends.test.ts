// However a shared worker ends: what it held outside of its thread is released, and the host ends in time.
import { posix } from '@carpool/test-harness/programs';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { registerSharedWorker } from '../../src/test-api/shared-worker/register.ts';
import { groupMembers } from '../../src/process/identity.ts';
import type { Host } from '../../src/main-process/types.ts';
import { failure } from '../support/failure.ts';
import { place, until } from '../support/pools.ts';
import { host, open, workerFile, type Handle, type OpenFile, type Said } from './support.ts';

async function holding(
  how: string,
  options = '',
): Promise<{ started: Host; file: OpenFile; shared: Handle; log: () => string }> {
  const path = join(place().path, 'log');
  const entry = `{ file: ${JSON.stringify(workerFile('holds.mjs').href)}, ${options} initialData: ${JSON.stringify({ file: path, how })} }`;
  const started = await host(`{ sharedWorkers: { holds: ${entry} } }`);
  const file = await open(started);
  const shared = registerSharedWorker<Said>({ name: 'holds' });
  return { started, file, shared, log: () => (existsSync(path) ? readFileSync(path, 'utf8') : '') };
}

describe('the teardowns of a worker run', () => {
  test.each([
    ['throws', 'crashed: a thrown object'],
    ['exits', 'exited with code 3'],
  ])('when it %s', async (how, message) => {
    const { file, shared, log } = await holding(how);
    await file.owner.ready();
    const lost = failure(shared.subscribe().next(), 'SHARED_WORKER_FAILED');
    shared.publish('go');
    expect((await lost).cause).toMatchObject({ message: expect.stringContaining(message) });
    await until('it has released what it held', () => log() === 'held\nreleased\n');
  });

  test('when it is not ready in time', async () => {
    const { file, log } = await holding('is never ready', 'readyTimeout: 500,');
    expect((await failure(file.owner.ready(), 'SHARED_WORKER_FAILED')).message).toContain('within 500 ms');
    await until('it has released what it held', () => log() === 'held\nreleased\n');
  });

  test('when the teardown of a test worker fails', async () => {
    const { file, shared, log } = await holding('throws in the teardown of a test worker');
    await file.owner.ready();
    const added = shared.subscribe().next();
    shared.publish('go');
    await added;
    await file.end();
    await until('it has released what it held', () => log() === 'held\nreleased\n');
    expect(shared.currentlyAvailable).toBe(false);
  });
});

test('a teardown that hangs is given up when its time is up, at the end of the run too', async () => {
  const { started, file, shared, log } = await holding('has another teardown that hangs', 'teardownTimeout: 300,');
  await file.owner.ready();
  const added = shared.subscribe().next();
  shared.publish('go');
  await added;
  expect(await started.stop(), 'in order, not by SIGKILL').toBeDefined();
  await started.exited;
  expect(log()).toBe('held\n');
});

test.runIf(posix.holds)(
  `a worker in a native call does not hold up the end of the host, and what the call runs ends with it${posix.reason}`,
  async () => {
    const { started, file, shared, log } = await holding('is in a native call', 'teardownTimeout: 300,');
    await file.owner.ready();
    const begun = shared.subscribe().next();
    shared.publish('go');
    await begun;
    const { pid } = started;
    expect(await started.stop(), 'its summary is not lost').toBeDefined();
    await started.exited;
    await until('its whole group is gone', () => groupMembers(pid as number).length === 0);
    expect(log()).toBe('held\n');
  },
);

test('what a worker posts on its own port is not taken for a report of Carpool', async () => {
  const { file, shared } = await holding('posts what only Carpool may');
  await file.owner.ready();
  const facts = shared.subscribe().next();
  shared.publish('go');
  expect((await facts).value?.data).not.toContain('token');
  expect(shared.currentlyAvailable).toBe(true);
  await file.end();
});
