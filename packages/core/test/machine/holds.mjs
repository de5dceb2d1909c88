// A main process with a worker in it, which holds a session until it is killed.
import { HostClient } from '../../src/client/client.ts';
import { RunHost } from '../../src/main-process/run-host.ts';

const host = new RunHost({ root: process.env.TMPDIR, runner: 'a killed one', version: '1' });
await host.runStarted();
const client = await HostClient.connect({ address: host.provided.address, runner: 'a killed one' });
await client.register('echoes');
console.log('held');
setInterval(() => {}, 1_000);
