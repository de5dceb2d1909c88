// A script without an adapter: takes a lock, prints that, and keeps it until it is killed, or releases it and ends.
import { getPort, lock, once } from '../../src/entry/coordination.ts';

const [what] = process.argv.slice(2);
console.log(`token ${await once('token', () => process.pid)}`);
const lease = await lock('shared').acquire();
console.log('held');
if (what === 'keeps') setInterval(() => {}, 1_000);
else {
  await getPort();
  lease.release();
}
