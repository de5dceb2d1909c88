/**
 * A server has a segment of System V shared memory, 56 bytes by which it notices a second server on its cluster. One that
 * is killed leaves it to the system for ever. Linux removes a segment that is marked when the last process has left it:
 * so it is marked as soon as the server is ready.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export async function forgetSharedMemory(data: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
  // The seventh line: its key and its id.
  const id = lines[6]?.trim().split(/\s+/)[1];
  if (id === undefined || !/^\d+$/.test(id)) return;
  await promisify(execFile)('ipcrm', ['-m', id]).catch((thrown: NodeJS.ErrnoException) => {
    // A system without the program keeps the segment of a killed server.
    if (thrown.code !== 'ENOENT') throw thrown;
  });
}
