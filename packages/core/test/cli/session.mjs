// What a runner inside `carpool run` does: it joins the host that the environment names, and registers a session on it.
// `session.mjs COUNT` holds so many at a time; with `wait` it stays until the host is gone.
import { HostClient } from '../../src/client/client.ts';
import { addressVariable } from '../../src/wire/address.ts';

const [count = '1', wait] = process.argv.slice(2);
const client = await HostClient.connect({ address: process.env[addressVariable], runner: 'a test' });
const sessions = await Promise.all(Array.from({ length: Number(count) }, () => client.register('echoes')));
for (const session of sessions) await session.request({ type: 'query' });
console.log('open');
if (wait !== undefined) {
  // An idle connection keeps no process alive.
  const staying = setInterval(() => {}, 2 ** 30);
  await client.closed;
  clearInterval(staying);
}
for (const session of sessions) await session.unregister();
client.close();
