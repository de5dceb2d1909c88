// What the tests of a run in shards do: a session, and what all shards share.
const { lock } = require('carpool/coordination');
const bodies = require('./bodies.cjs');
const sharing = require('./sharing.cjs');

/** Holds a lock until its shard is killed. */
async function holdUntilKilled(_, file) {
  await lock('of the killed shard').acquire();
  bodies.note(file, { event: 'holds', pid: process.pid });
  await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
}

/** Waits for that lock, and gets it when the other shard is gone. */
async function waitForTheKilled(_, file) {
  while (bodies.noted('killed-shard').length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const acquired = lock('of the killed shard').acquire();
  bodies.note(file, { event: 'waits' });
  await acquired;
  bodies.note(file, { event: 'has it' });
}

module.exports = { ...bodies, ...sharing, holdUntilKilled, waitForTheKilled };
