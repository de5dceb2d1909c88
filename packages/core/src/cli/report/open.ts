/** Opens a file in the browser of the user. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Milliseconds in which a program that cannot open it has said so by its exit code. One that is the browser itself goes on. */
const soon = 2_000;

export interface OpenOptions {
  /** Default: that of this process. */
  readonly platform?: NodeJS.Platform | undefined;
  /** It is not waited for any more whether it can be opened. */
  readonly signal?: AbortSignal | undefined;
}

/** @throws Error with what the system says, if it has no such program, or how that has ended, if it cannot open the file */
export async function openInBrowser(path: string, options: OpenOptions = {}): Promise<void> {
  const { platform = process.platform, signal } = options;
  const [command, args] = openerOf(path, platform);
  const child = spawn(command, args, { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  child.unref();
  // explorer.exe ends with 1 also where it has opened the file.
  if (platform === 'win32' || signal?.aborted === true) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const goOn = (): void => resolve();
  const late = setTimeout(goOn, soon);
  signal?.addEventListener('abort', goOn);
  child.once('exit', (code, by) => {
    if (code === 0) resolve();
    else reject(new Error(`${command} has ended ${code === null ? `by ${by}` : `with exit code ${code}`}`));
  });
  try {
    await promise;
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', goOn);
  }
}

/** The program and its arguments. */
export function openerOf(path: string, platform: NodeJS.Platform): [string, string[]] {
  if (platform === 'darwin') return ['open', [path]];
  if (platform === 'win32') return ['explorer.exe', [path]];
  return ['xdg-open', [path]];
}
