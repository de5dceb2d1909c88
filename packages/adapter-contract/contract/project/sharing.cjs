// What the tests of shared workers and of coordination do, the same under every runner. As bodies.cjs.
const { join } = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { pathToFileURL } = require('node:url');
const { getPort, leasePort, lock, once, rwlock, semaphore } = require('carpool/coordination');
const { registerSharedWorker } = require('carpool/shared-worker');
const { note } = require('./bodies.cjs');

const url = (name) => pathToFileURL(join(__dirname, name));
const worker = registerSharedWorker({
  // Not the worker of the config.
  filename: `${url('counter.worker.mjs').href}#hello`,
  initialData: 'hello',
  supportedProtocols: ['ava-4'],
  teardown: async () => {
    await pause(20);
    note('teardown', { event: 'teardown' });
  },
});

/** The worker is ready from the start, and the same for all tests. */
async function greet(_, file) {
  const ready = worker.currentlyAvailable;
  await worker.available;
  const { id, greeting, testWorker, file: of } = await worker.request({ type: 'who' });
  note(file, { id, ready, greeting, testWorker, of, protocol: worker.protocol });
}

/** Calls that the test does not await. */
function count() {
  for (let n = 0; n < 200; n += 1) worker.publish({ type: 'count' });
}

async function converse(_, file) {
  const heard = [];
  const listening = (async () => {
    for await (const { data } of worker.subscribe()) {
      heard.push(data.heard ?? data);
      if (data.heard === 'all of it') return;
    }
  })();
  for await (const question of worker.publish({ type: 'knock' }).replies()) {
    for await (const answer of question.reply('Lucas').replies()) {
      note(file, { words: `${question.data} ${answer.data}` });
      break;
    }
    break;
  }
  worker.publish({ type: 'shout', words: 'some' });
  worker.publish({ type: 'shout', words: 'all of it' });
  await listening;
  note(file, { heard });
}

async function giveUp(_, file) {
  const error = await worker.request({ type: 'silence' }, { timeout: 100 }).catch((thrown) => thrown);
  note(file, { code: error.code, words: error.message });
}

async function useByName(handle, file) {
  const ready = handle.currentlyAvailable;
  const { id } = await handle.request({ type: 'who' });
  note(file, { id, ready });
}

let crashing;

async function crashIt() {
  crashing = registerSharedWorker({ filename: url('crashing.worker.mjs') });
  await crashing.available;
  await crashing.request('now');
}

async function takeTurns(_, file) {
  const lease = await lock('turn').acquire();
  note('turns', { of: file, event: 'enters' });
  await pause(20);
  note('turns', { of: file, event: 'leaves' });
  lease.release();
}

async function takeAndKeep(_, file) {
  const leases = [
    await lock('kept').acquire(),
    await rwlock('kept too').acquireWrite(),
    await semaphore('kept as well', 3).acquire(2),
  ];
  const taken = await lock('kept')
    .acquireNow()
    .catch((error) => error);
  note(file, { held: leases.map(({ held }) => held), code: taken.code, words: taken.message });
}

async function takeWhatWasKept(_, file) {
  const leases = [
    await lock('kept').acquireNow(),
    await rwlock('kept too').acquireReadNow(),
    await semaphore('kept as well', 3).acquireNow(3),
  ];
  note(file, { held: leases.map(({ held }) => held) });
}

async function takeForTheFile(_, file) {
  await lock('for a file').acquire({ scope: 'file' });
  note('files', { of: file });
}

async function waitInVain(_, file) {
  // Two flows of one test: that the first one will not release it is known to the test alone.
  const { promise: over, resolve: end } = Promise.withResolvers();
  const hold = async () => {
    await lock('vain').acquire();
    await over;
  };
  const wait = async () => {
    try {
      await lock('vain').acquire();
    } catch (error) {
      note(file, { code: error.code, words: error.message });
      throw error;
    } finally {
      end();
    }
  };
  await Promise.all([hold(), wait()]);
}

async function computeOnce(_, file) {
  const value = await once('answer', async () => {
    note('once', { event: 'computed', of: file });
    await pause(50);
    return { answer: 42, at: new Date(7) };
  });
  note('once', { event: 'got', of: file, value: JSON.stringify(value) });
}

async function takePorts(_, file) {
  const leased = await leasePort();
  note('ports', { of: file, ports: [await getPort(), await getPort(), leased.port] });
}

module.exports = {
  computeOnce,
  converse,
  count,
  crashIt,
  giveUp,
  greet,
  takeAndKeep,
  takeForTheFile,
  takePorts,
  takeTurns,
  takeWhatWasKept,
  useByName,
  waitInVain,
};
