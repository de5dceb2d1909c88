// Starts and uses something without closing it: `forgets.mjs WHAT PROGRAM`. It must end by itself.
import { HostClient } from '../../src/client/client.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import { createPool } from '../../src/pool/create-pool.ts';

const [what, program] = process.argv.slice(2);
const echoes = {
  command: process.execPath,
  args: [program, '--hello'],
  protocol: {
    hello: { send: { type: 'settings' }, expect: { type: 'hello' } },
    close: { send: { type: 'reset' }, expect: { type: 'closed' } },
  },
};

async function use(register) {
  const session = await register();
  const { type } = await session.request({ type: 'query' });
  await session.unregister();
  console.log(type);
}

if (what === 'pool') {
  const pool = createPool(echoes);
  await use(() => pool.register());
} else {
  const host = await startHost({ root: import.meta.dirname, pools: { echoes } });
  await host.configured;
  if (what === 'client') {
    const client = await HostClient.connect({ address: host.address, runner: 'a test' });
    await use(() => client.register('echoes'));
  }
  console.log(host.address);
}
