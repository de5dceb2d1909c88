/** A test file in a process of its own, which can be killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { addressVariable } from '../../src/wire/address.ts';

export interface ForkedFile {
  readonly exited: Promise<number | string>;
  output(): string;
  kill(): void;
  close(): Promise<unknown>;
}

/** Resolves when it has published. @param then "stays", or "ends" by itself */
export async function forkFile(address: string, worker: string, then = 'stays'): Promise<ForkedFile> {
  const script = fileURLToPath(new URL('killed.test-file.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, worker, then], {
    env: { ...process.env, [addressVariable]: address },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (output.includes('published')) resolve();
    });
    void exited.then((code) => reject(new Error(`it exited with ${code} before it had published`)));
  });
  return {
    exited,
    output: () => output,
    kill: () => void child.kill('SIGKILL'),
    close: () => {
      child.kill('SIGKILL');
      return exited;
    },
  };
}
