// A program that uses a shared worker without any adapter.
import { registerSharedWorker } from '../../src/entry/shared-worker.ts';

const [, , filename, then] = process.argv;
const shared = registerSharedWorker({ filename, teardown: () => console.log('torn down') });
await shared.available;
shared.publish({ do: 'teardown', note: 'of the killed' });
console.log(JSON.stringify(await shared.request('echoed')));
console.log('published');
// A subscription that waits keeps the process alive.
if (then === 'stays') for await (const message of shared.subscribe()) console.log(message.data);
