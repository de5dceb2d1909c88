/** A host on one machine, and a run on another one, which has nothing but the address. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Machine, TwoMachines } from '@carpool/test-harness/namespaces';
import { expect } from 'vitest';
import { commandLine, config } from '../cli/carpool.ts';
import { closing, place } from '../support/pools.ts';

export interface Said {
  readonly what: string;
  readonly message?: string;
  readonly code?: string;
  readonly type?: string;
  /** Replies that are whole, and in order. */
  readonly right?: number;
}

interface Process {
  next(): Promise<string>;
  write(line: string): void;
  kill(signal: NodeJS.Signals): void;
}

export function run({ exec }: Machine, words: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}): Process {
  const [command = '', ...args] = [...exec, ...words];
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, CARPOOL_ADDRESS: undefined, TMPDIR: folder, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  closing({
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    },
  });
  child.stdin.on('error', () => {}); // it has ended
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    next: async () => String((await lines.next()).value),
    write: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
  };
}

/** What `remote-client.mjs` is started with. */
export const remoteClient: readonly string[] = [process.execPath, join(import.meta.dirname, 'remote-client.mjs')];

export interface Served {
  readonly runner: Machine;
  readonly host: Process;
  readonly hostPid: number;
  readonly client: Process;
  readonly address: string;
  said(): Promise<Said>;
}

/** @param machines they are closed with the test */
export async function served({ host: there, runner: here }: TwoMachines): Promise<Served> {
  config({ echoes: 'echo' });
  const host = run(there, commandLine('serve', '--listen', `${there.address}:0`), place().path);
  const pid = Number(/process (\d+)/.exec(await host.next())?.[1]);
  await host.next();
  const [, address = ''] = /'(.+)'$/.exec(await host.next()) ?? [];
  expect(address).toMatch(/^carpool\+tls:/);
  const folder = join(place().path, 'elsewhere');
  mkdirSync(folder);
  const client = run(here, remoteClient, folder, { CARPOOL_ADDRESS: address });
  const said = async (): Promise<Said> => JSON.parse(await client.next()) as Said;
  expect(await said()).toEqual({ what: 'ready' });
  expect(await host.next()).toMatch(/a test, \S+:\S+elsewhere, pid \d+, with the address of "serve": has come$/);
  return { runner: here, host, hostPid: pid, client, address, said };
}
