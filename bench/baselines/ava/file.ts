/** What both test files of AVA do: as a plugin's documentation shows it, in worker threads, which is AVA's default. */
import { SharedContext } from '@ava/cooperate';
import test from 'ava';
import { registerSharedWorker } from 'ava/plugin';
import { measuresOf } from '../../test-file-measures.ts';
import { measureOnDemand } from '../../test-file.ts';

const worker = registerSharedWorker({
  filename: new URL('../../workers/echo.ts', import.meta.url),
  supportedProtocols: ['ava-4'],
});
const lock = new SharedContext('bench').createLock('lock');

export function testFile(name: string): void {
  test('measures what the row asks for', async (t) => {
    await measureOnDemand(name, measuresOf({ worker, lock: () => lock.acquire() }));
    t.pass();
  });
}
