// What the tests of a run in shards do: a session, and what all shards share.
const { setTimeout: pause } = require('node:timers/promises');
const { lock } = require('carpool/coordination');
const bodies = require('./bodies.cjs');
const sharing = require('./sharing.cjs');

/** Until all four shards have theirs, so that none has one that another has given back. */
async function takePortsTogether(given, file) {
  await sharing.takePorts(given, file);
  while (bodies.noted('ports').length < 4) await pause(10);
}

/** Holds a lock until its shard is killed. */
async function holdUntilKilled(_, file) {
  await lock('of the killed shard').acquire();
  bodies.note(file, { event: 'holds', pid: process.pid });
  await pause(2 ** 30);
}

/** Waits for that lock, and gets it when the other shard is gone. */
async function waitForTheKilled(_, file) {
  while (bodies.noted('killed-shard').length === 0) await pause(10);
  const acquired = lock('of the killed shard').acquire();
  bodies.note(file, { event: 'waits' });
  await acquired;
  bodies.note(file, { event: 'has it' });
}

module.exports = { ...bodies, ...sharing, holdUntilKilled, takePortsTogether, waitForTheKilled };
