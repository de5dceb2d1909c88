// Asks a shared worker that crashes afterwards, and ends well when that has happened.
import { registerSharedWorker } from '../../src/entry/shared-worker.ts';

const shared = registerSharedWorker({ filename: process.argv[2] });
console.log(await shared.request('?'));
// A reader sees the end, and does not mind it.
await shared
  .subscribe()
  .next()
  .catch(() => {});
