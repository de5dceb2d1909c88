/** What baselines/ava/file.ts does, with Carpool: `node test-file.ts NAME`, the address of a host in its environment. */
import { lock } from 'carpool/coordination';
import { registerSharedWorker } from 'carpool/shared-worker';
import { measuresOf } from '../test-file-measures.ts';
import { measureOnDemand } from '../test-file.ts';

const worker = registerSharedWorker({
  filename: new URL('./echo.ts', import.meta.url),
  supportedProtocols: ['ava-4'],
});
const mutex = lock('bench');
const takeLock = async (): Promise<() => void> => {
  const lease = await mutex.acquire();
  return () => lease.release();
};

await worker.available;
const request = (data: unknown): Promise<unknown> => worker.request(data);
await measureOnDemand(process.argv[2] ?? '', measuresOf({ worker, lock: takeLock, request }));
