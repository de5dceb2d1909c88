/** A display without a screen: Xvfb, if the machine has it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface VirtualDisplay {
  /** For DISPLAY. */
  readonly name: string;
  stop(): Promise<void>;
}

/** The path of Xvfb; `undefined` if it is not in PATH. */
export function findXvfb(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'Xvfb')).find(canRun);
}

/** It picks a number that is free, and says which when it is ready. */
export async function startVirtualDisplay(xvfb: string): Promise<VirtualDisplay> {
  // Without `-noreset` it begins anew when its last window is gone, and refuses the next one meanwhile.
  const options = ['-noreset', '-displayfd', '1', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'];
  const server = spawn(xvfb, options, { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(server, 'exit');
  const kill = (): void => void server.kill();
  process.once('exit', kill);
  const [number] = (await once(server.stdout, 'data')) as [Buffer];
  return {
    name: `:${number.toString().trim()}`,
    async stop() {
      process.off('exit', kill);
      kill();
      await exited;
    },
  };
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Not there, or not to be executed.
  }
}
