// A runner whose host is guarded with a limit of one second: `guards.mjs PROGRAM`. It prints the host's pid, then "open"
// when a session is, and runs until it is killed.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HostClient } from '../../src/client/client.ts';
import { guardHost } from '../../src/main-process/host-guard.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import { parseAddress } from '../../src/wire/address.ts';

const echoes = {
  command: process.execPath,
  args: [process.argv[2], '--hello'],
  protocol: { hello: { send: { type: 'settings' }, expect: { type: 'hello' } } },
};
const host = await startHost({ root: import.meta.dirname, pools: { echoes } });
guardHost({
  pid: host.pid,
  folder: dirname(parseAddress(host.address).path),
  main: fileURLToPath(new URL('../../src/host/boot.ts', import.meta.url)),
  env: process.env,
  limit: 1,
});
process.stdout.write(`${host.pid}\n`);
const client = await HostClient.connect({ address: host.address, runner: 'a test' });
await client.register('echoes');
process.stdout.write('open\n');
process.stdin.resume();
