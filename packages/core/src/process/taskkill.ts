/** Windows has no process groups; `taskkill /T` ends a process and its descendants. */
// Not execa: it must run synchronously, in the `exit` handler.
import { spawnSync } from 'node:child_process';
import { win32 } from 'node:path';

/**
 * The system's own taskkill: the one that PATH finds first may be any program of that name.
 * @returns undefined if the environment names no Windows directory on a drive
 */
export function taskkillPath(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const directories = [env['SystemRoot'], env['windir']];
  const windowsDirectory = directories.find((directory) => directory !== undefined && /^[a-z]:[/\\]/i.test(directory));
  return windowsDirectory === undefined ? undefined : win32.join(windowsDirectory, 'System32', 'taskkill.exe');
}

/** Ends the tree of `pid`, or where that fails the process alone. Returns when it has. */
export function killTree(pid: number): void {
  const file = taskkillPath();
  const ended =
    file === undefined ? undefined : spawnSync(file, ['/pid', String(pid), '/T', '/F'], { windowsHide: true });
  if (ended?.status === 0) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}
