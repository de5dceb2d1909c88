// What the tests of plugins made for AVA do: as they come from npm, `ava` being Carpool. As bodies.cjs, but ES modules,
// as these plugins are.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { LockAcquisitionError, SemaphoreDownError, SharedContext } from '@ava/cooperate';
import getPort from '@ava/get-port';
import bodies from './bodies.cjs';

const { note } = bodies;
const context = new SharedContext('contract');

async function takeTurns(_, file) {
  const release = await context.createLock('turn').acquire();
  note('plugin turns', { of: file, event: 'enters' });
  await pause(20);
  note('plugin turns', { of: file, event: 'leaves' });
  release();
}

async function fail(_, file) {
  const lock = context.createLock(`of ${file}`);
  await lock.acquire();
  const taken = await lock.acquireNow().catch((error) => error);
  const semaphore = context.createSemaphore(`of ${file}`, 3);
  const release = await semaphore.acquire(3);
  const empty = await semaphore.acquireNow().catch((error) => error);
  release(1);
  (await semaphore.acquireNow())();
  release();
  (await semaphore.acquire(3))();
  note('plugin errors', {
    of: file,
    ours: [taken instanceof LockAcquisitionError, empty instanceof SemaphoreDownError],
    names: [taken.name, empty.name],
  });
}

async function downAndUp(_, file) {
  const semaphore = context.createUnmanagedSemaphore(`alone ${file}`, 1);
  await semaphore.down();
  const up = semaphore.down();
  await semaphore.up();
  await up;
  note('plugin unmanaged', { of: file });
}

async function reserve(_, file) {
  const values = await context.reserve('a', 1, 2n, `only ${file}`);
  note('plugin values', { of: file, values: values.map(String) });
}

/** Given back at the end of the file: nobody else does. */
async function keep(_, file) {
  await context.createLock('kept').acquire();
  note('plugin keepers', { of: file });
}

async function listen(_, file) {
  const ports = [await getPort(), await getPort()];
  for (const port of ports) {
    const server = createServer().listen(port);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
  note('plugin ports', { of: file, ports });
}

export default { downAndUp, fail, keep, listen, reserve, takeTurns };
