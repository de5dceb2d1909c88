/** The `carpool` command, run as its own process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { closing, place, program } from '../support/pools.ts';
import { addressVariable } from '../../src/wire/address.ts';

const main = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** The words that start it. */
export function commandLine(...args: string[]): readonly string[] {
  return [process.execPath, main, ...args];
}

/** In the folder of this test, which is the TMPDIR too: whatever is left there fails the test. */
export function start(...args: string[]): Running {
  const { path } = place();
  const env = { ...process.env, TMPDIR: path, NO_COLOR: '1', [addressVariable]: undefined };
  const child = spawn(process.execPath, [main, ...args], { cwd: path, env, stdio: ['ignore', 'pipe', 'pipe'] });
  closing({ close: () => child.kill('SIGKILL') });
  const finish = async (): Promise<Ended> => {
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { code: code as number | null, stdout, stderr };
  };
  return { process: child, ended: finish() };
}

export function carpool(...args: string[]): Promise<Ended> {
  return start(...args).ended;
}

/** A config of this test's, with a pool for each program. */
export function config(pools: Readonly<Record<string, string>>, file = 'carpool.config.mjs'): string {
  const entries = Object.entries(pools).map(([name, line]) => [name, program(line)]);
  return write(file, `export default ${JSON.stringify({ pools: Object.fromEntries(entries) })};\n`);
}

export function write(file: string, content: string): string {
  const path = join(place().path, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}
