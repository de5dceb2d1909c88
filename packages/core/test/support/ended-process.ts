/** A process that has been, for what must know that it is gone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startTimeOf, type ProcessIdentity } from '../../src/process/identity.ts';

export async function endedProcess(): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const pid = child.pid as number;
  const identity = { pid, startTime: startTimeOf(pid) };
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity;
}
