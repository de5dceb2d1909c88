// What the tests of plugins made for AVA do. The plugins are those of npm, with Carpool as `ava`. Like bodies.cjs, but
// ES modules, as these plugins are.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { LockAcquisitionError, SemaphoreCreationError, SemaphoreDownError, SharedContext } from '@ava/cooperate';
import getPort from '@ava/get-port';
import bodies from './bodies.cjs';

const { note, noted } = bodies;
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

/** Released at the end of the file, and not by the test. */
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

/** By value, because a test may be in a realm of its own. */
function same(found, expected) {
  const [a, b] = [found, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`found ${a}, expected ${b}`);
}

const failureOf = async (call) => {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

async function lockErrors(_, file) {
  const lock = context.createLock(`refused ${file}`);
  const release = await lock.acquireNow();
  const { name, lockId } = await failureOf(() => lock.acquireNow());
  same([name, lockId], ['LockAcquisitionError', `refused ${file}`]);
  const next = lock.acquire();
  release();
  (await next)();
  (await lock.acquireNow())();
}

async function reservesOnce(_, file) {
  const own = new SharedContext(`values of ${file}`);
  same((await own.reserve(1, '1', 1n)).map(String), ['1', '1', '1']);
  same((await own.reserve(1, '1', 1n, 2)).map(String), ['2']);
  same(await own.reserve(1, 2), []);
  // Another context does not have it.
  same(await new SharedContext(`other values of ${file}`).reserve(1), [1]);
}

async function weighs(_, file) {
  const semaphore = context.createSemaphore(`weighs ${file}`, 3);
  await semaphore.acquire(0);
  const release = await semaphore.acquire(3);
  same((await failureOf(() => release(4))).name, 'RangeError');
  same((await failureOf(() => semaphore.acquire(-1))).name, 'RangeError');
  same((await failureOf(() => semaphore.acquire(0.5))).name, 'RangeError');
  const { name, semaphoreId, amount } = await failureOf(() => semaphore.acquireNow(1));
  same([name, semaphoreId, amount], ['SemaphoreDownError', `weighs ${file}`, 1]);
  release(1);
  (await semaphore.acquireNow(1))();
  release();
  (await semaphore.acquireNow(3))();
}

async function keepsItsOrder(_, file) {
  const semaphore = context.createSemaphore(`order ${file}`, 2);
  const release = await semaphore.acquire(1);
  const order = [];
  const much = semaphore.acquire(2).then((done) => (order.push('much'), done));
  const little = semaphore.acquire(1).then((done) => (order.push('little'), done));
  // It overtakes the waiting calls.
  (await semaphore.acquireNow(1))();
  same(order, []);
  release();
  (await much)();
  (await little)();
  same(order, ['much', 'little']);
}

async function refusesOtherSizes(_, file) {
  const id = `sizes ${file}`;
  const release = await context.createSemaphore(id, 2).acquire();
  const other = await failureOf(() => context.createSemaphore(id, 3).acquire());
  same([other instanceof SemaphoreCreationError, other.name, other.semaphoreId], [true, 'SemaphoreCreationError', id]);
  same((await failureOf(() => context.createUnmanagedSemaphore(id, 2).down())).name, 'SemaphoreCreationError');
  release();
  const alone = context.createUnmanagedSemaphore(`unmanaged ${id}`, 1);
  await alone.down(0);
  await alone.downNow();
  same((await failureOf(() => alone.downNow())).name, 'SemaphoreDownError');
  await alone.up();
  await alone.downNow(1);
}

async function listensOnAHost() {
  const port = await getPort({ host: '127.0.0.1' });
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

/** In Jest the file runs once more. */
async function keepAndDie(_, file) {
  if (noted(file).length > 0) return;
  await context.createLock('of the killed').acquire();
  note(file, { event: 'held' });
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}

async function takeWhatTheKilledHeld() {
  while (noted('killed-plugin').length === 0) await pause(20);
  await context.createLock('of the killed').acquire();
  note('killed-plugin', { event: 'taken' });
}

export default {
  downAndUp,
  fail,
  keep,
  keepAndDie,
  keepsItsOrder,
  listen,
  listensOnAHost,
  lockErrors,
  refusesOtherSizes,
  reserve,
  reservesOnce,
  takeTurns,
  takeWhatTheKilledHeld,
  weighs,
};
