// What a shard does with what all shards share. `shard.mjs WHAT`; its lines go to stdout.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { getPort, leasePort, lock, once, reserve } from 'carpool/coordination';

const [what, file = '', mode] = process.argv.slice(2);
const note = (text) => appendFileSync(file, `${text}\n`);
const until = async (path) => {
  while (!existsSync(path)) await pause(5);
};

const actions = {
  /** Holds a lock until it is killed. */
  async holds() {
    await lock('db').acquire();
    writeFileSync(`${file}.held`, String(process.pid));
    setInterval(() => {}, 2 ** 30);
  },

  /** Wants it at once, when another one holds it. */
  async 'wants it now'() {
    await until(`${file}.held`);
    const error = await lock('db')
      .acquireNow()
      .catch((thrown) => thrown);
    console.log(error.message);
  },

  /** Waits for it. */
  async waits() {
    await until(`${file}.held`);
    const acquired = lock('db').acquire();
    console.log('waits');
    await acquired;
    console.log('has it');
  },

  /** One value, one lock at a time, a port, and a value that no other has. */
  async shares() {
    const value = await once('value', () => {
      note('computed');
      return `of ${process.env.CARPOOL_SHARD}`;
    });
    for (let turn = 0; turn < 5; turn++) {
      using _ = await lock('turn').acquire();
      note('enters');
      await pause(2);
      note('leaves');
    }
    const ports = [await getPort(), (await leasePort()).port];
    const { values: names } = await reserve('ann', 'ben', 'cas');
    note(JSON.stringify({ value, ports, names }));
    // Until all have what they have, so that none has what another has given back.
    const all = Number(process.env.CARPOOL_SHARDS);
    while (mode === 'together' && readFileSync(file, 'utf8').split('{').length - 1 < all) await pause(5);
  },
};

await actions[what]();
