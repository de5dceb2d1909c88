// What the tests of several runs on one machine do, the same under every runner: each takes what one test may have at a
// time, uses the child that all runs share meanwhile, and writes a line into the journal of all processes before and after.
// A test that fails writes why. CommonJS, because all three runners can load it.
const { randomUUID } = require('node:crypto');
const { once: happened } = require('node:events');
const { existsSync, openSync, writeSync } = require('node:fs');
const { createServer } = require('node:net');
const { setTimeout: pause } = require('node:timers/promises');
const { leasePort, lock, once, reservations, rwlock, semaphore } = require('carpool/coordination');

const machine = { scope: 'machine' };
const emulator = lock('emulator', machine);
const simulators = semaphore('simulators', 2, machine);
const catalogue = rwlock('catalogue', machine);
const accounts = reservations('accounts', machine);
const names = ['ann', 'ben', 'cas', 'dan'];
/** As many as there may be readers at once: a writer takes all of it. */
const readers = 1_000;
/** Milliseconds for a holder to hear that the machine has lost what it holds. */
const toldWithin = 5_000;

// One line is one `write` to the end of the file: the order of lines is an order of what happened, for all processes.
const journal = openSync(process.env.RUN_JOURNAL, 'a');

function note(event, more) {
  const at = Math.round(Number(process.hrtime.bigint()) / 1_000);
  writeSync(journal, `${JSON.stringify({ at, run: process.env.RUN_NAME, pid: process.pid, event, ...more })}\n`);
}

/** The lines around what is held: these things, of each of them so much. `of` is how much there is, for all runs together. */
async function holding({ what, weight = 1, of = 1, lease }, work) {
  const hold = randomUUID();
  note('holds', { hold, what, weight, of });
  try {
    return await work(lease);
  } catch (error) {
    if (error.code === 'HUB_LOST' || error.code === 'LEASE_LOST') await told(hold, lease);
    throw error;
  } finally {
    note('lets go', { hold });
    lease.release();
  }
}

/** What the host of the machine kept is lost with it. */
async function told(hold, lease) {
  const { lost } = lease;
  if (!lost.aborted) await Promise.race([happened(lost, 'abort'), happened(AbortSignal.timeout(toldWithin), 'abort')]);
  note('told', { hold, code: lost.reason?.code, held: lease.held });
}

/** Uses a session of the child that all runs share, as long as a short piece of work takes. */
async function work({ carpool }, title) {
  const session = await carpool.shared.register();
  const value = `${process.env.RUN_NAME} ${title}`;
  const { pid: child } = await session.request({ type: 'who' });
  const hold = randomUUID();
  note('holds', { hold, what: [`a session of ${child}`], child, weight: 1, of: 4 });
  try {
    await session.request({ type: 'set', value });
    await session.request({ type: 'later', after: 10 });
    const found = await session.request({ type: 'get' });
    if (found.value !== value) throw new Error(`The session of ${value} has the value of ${found.value}`);
  } finally {
    note('lets go', { hold });
  }
  await session.unregister();
}

const bodies = {
  async 'takes the lock'(given, title) {
    await holding({ what: ['emulator'], lease: await emulator.acquire() }, () => work(given, title));
  },

  async 'takes permits'(given, title) {
    const weight = title.includes('2') ? 2 : 1;
    const lease = await simulators.acquire(weight);
    await holding({ what: ['simulators'], weight, of: 2, lease }, () => work(given, title));
  },

  async 'reads or writes'(given, title) {
    const writes = title.includes('2');
    const lease = await (writes ? catalogue.acquireWrite() : catalogue.acquireRead());
    const weight = writes ? readers : 1;
    await holding({ what: ['catalogue'], weight, of: readers, lease }, () => work(given, title));
  },

  /** The lock of the config: the runner's adapter takes it. */
  async prints(given, title) {
    await holding({ what: ['printer'], lease: given.printer }, () => work(given, title));
  },

  /** Runs on one host never get each other's, in either scope. */
  async listens(given, title) {
    const ours = await leasePort(machine);
    await holding({ what: [`port ${ours.port}`], lease: ours }, async () => {
      const other = await leasePort();
      await holding({ what: [`port ${other.port}`], lease: other }, async () => {
        const servers = [ours, other].map(({ port }) => createServer().listen(port));
        try {
          await Promise.all(servers.map((server) => happened(server, 'listening')));
          await work(given, title);
        } finally {
          await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
        }
      });
    });
  },

  /** Two of what is free at the moment, which may be nothing. */
  async 'logs in'(given, title) {
    const first = title.includes('2') ? 2 : 0;
    const lease = await accounts.reserve(names.slice(first, first + 2));
    const what = lease.values.map((value) => `account ${value}`);
    // A lease of nothing is over at once, and nothing of it can be lost.
    if (what.length === 0) await work(given, title);
    else await holding({ what, lease }, () => work(given, title));
  },

  async 'knows the image'(given, title) {
    const value = await once('image', () => randomUUID(), machine);
    note('got', { what: 'image', value });
    await work(given, title);
  },

  /** After all others: whoever was killed, nothing of it is still held. */
  async 'finds all of it free'(given) {
    await Promise.all([
      emulator.acquireNow(),
      simulators.acquireNow(2),
      catalogue.acquireWriteNow(),
      lock('printer', machine).acquireNow(),
    ]);
    const { values } = await accounts.reserve(names);
    if (values.length < names.length) throw new Error(`Of ${names.join(', ')} only ${values.join(', ')} are free`);
    // Of one child at least.
    await Promise.all(Array.from({ length: 4 }, (_, at) => work(given, `the last ${at}`)));
  },
};

/** @param given the fixtures of the test */
async function run(body, given, title) {
  note('begins', { test: title });
  // All runs are there before any of them goes on, however long their runners take to start.
  while (!existsSync(process.env.RUN_GATE)) await pause(10);
  try {
    await bodies[body](given, title);
    note('passes', { test: title });
  } catch (error) {
    note('fails', { test: title, code: error.code, words: error.message });
    throw error;
  }
}

module.exports = { run };
