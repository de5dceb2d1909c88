/** Processes that a test starts besides those of Carpool: scripts of its own, in its own TMPDIR. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { closing, place } from './pools.ts';

export interface Script {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  readonly stderr: () => string;
  /** Resolves with its code, or the signal that ended it. */
  readonly exited: Promise<number | string>;
  /** Waits until it has said this line. */
  said(line: string): Promise<void>;
  close(): Promise<unknown>;
}

/** Runs `test/host/NAME.mjs`; it is ended after this test. */
export function script(name: string, args: readonly string[]): Script {
  return closing(scriptIn(place().path, name, args));
}

/** As `script`, with a TMPDIR that the caller makes and removes. @param within a command that runs another: `unshare` */
export function scriptIn(
  temporary: string,
  name: string,
  args: readonly string[],
  within: readonly string[] = [],
): Script {
  const file = fileURLToPath(new URL(`../host/${name}.mjs`, import.meta.url));
  const [command = '', ...rest] = [...within, process.execPath, file, ...args];
  const child = spawn(command, rest, {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let stderr = '';
  let wake = (): void => {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  void exited.then(() => wake());
  const said = async (line: string): Promise<void> => {
    while (!lines.includes(line)) {
      if (child.exitCode !== null) throw new Error(`It exited before it said ${line}: ${stderr}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const close = async (): Promise<unknown> => {
    child.kill('SIGKILL');
    return exited;
  };
  return { process: child, lines, stderr: () => stderr, exited, said, close };
}
