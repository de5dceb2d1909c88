// A runner as an adapter would write it: `runner.mjs PROGRAM FLAGS…`. It prints its progress, one word per line, and
// runs until it is ended. After "open" it waits for a line on its stdin before it goes on to stop.
import { once } from 'node:events';
import { HostClient } from '../../src/client/client.ts';
import { startHost } from '../../src/main-process/start-host.ts';

const [program, ...flags] = process.argv.slice(2);
const say = (word) => process.stdout.write(`${word}\n`);
const echoes = {
  command: process.execPath,
  args: [program, '--hello', ...flags],
  stopTimeout: 200,
  closeTimeout: 200,
  protocol: {
    hello: { send: { type: 'settings' }, expect: { type: 'hello' } },
    close: { send: { type: 'reset' }, expect: { type: 'closed' } },
  },
};

const starting = startHost({ root: import.meta.dirname, pools: { echoes } });
say('spawned');
const host = await starting;
say('ready');
const client = await HostClient.connect({ address: host.address, runner: 'a test' });
const registering = client.register('echoes');
for (;;) {
  const { pools } = await host.summary();
  if (pools[0]?.children === 1) break;
}
say('child');
const session = await registering;
await session.request({ type: 'query' });
say('open');
await once(process.stdin, 'data');
const stopping = host.stop();
say('stopping');
await stopping;
say('stopped');
