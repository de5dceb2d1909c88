// What the tests of two shards on another machine do: they have a host there in common.
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { lock, once } = require('carpool/coordination');
const bodies = require('./bodies.cjs');

/** Ends when this has happened in both shards: they write one log. */
async function inBoth(event) {
  bodies.note('shards', { event });
  const log = join(__dirname, 'log.jsonl');
  const count = () => readFileSync(log, 'utf8').split(`"event":"${event}"`).length - 1;
  while (!existsSync(log) || count() < 2) await pause(10);
}

/** Each of two shards computes, and locks, what is its run's; one of them what is the machine's. */
async function shareTheMachine() {
  await inBoth('begins');
  const compute = () => `computed by ${process.pid}`;
  const values = {
    run: await once('of the run', compute),
    machine: await once('of the machine', compute, { scope: 'machine' }),
  };
  const leases = await Promise.all(
    ['run', 'machine'].map((scope) =>
      lock(`of the ${scope}`, { scope })
        .acquireNow()
        .then(
          () => 'held',
          (error) => error.code,
        ),
    ),
  );
  bodies.note('shared', { values, leases });
  // What the first has computed is there as long as it goes on, and what it holds is held.
  await inBoth('ends');
}

module.exports = { shareTheMachine };
