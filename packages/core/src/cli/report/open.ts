/** Opens a file in the browser of the user. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** @throws Error with what the system says, if it has no such program */
export async function openInBrowser(path: string, platform: NodeJS.Platform = process.platform): Promise<void> {
  const [command, args] = openerOf(path, platform);
  const child = spawn(command, args, { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  child.unref();
}

/** The program and its arguments. */
export function openerOf(path: string, platform: NodeJS.Platform): [string, string[]] {
  if (platform === 'darwin') return ['open', [path]];
  if (platform === 'win32') return ['explorer.exe', [path]];
  return ['xdg-open', [path]];
}
