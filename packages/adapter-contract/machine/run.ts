/** One of several runs on a machine: a real runner, in its work tree, in a process group of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '@carpool/test-harness';
import type { Runner } from '../runners/runner.ts';

/** What all runs of a machine have in common. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface RunOptions {
  readonly name: string;
  readonly runner: Runner;
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: Environment;
}

/** How a run ended. */
export interface RunEnd extends Pick<Results, 'tests'> {
  readonly name: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

export class Run {
  readonly name: string;
  readonly ended: Promise<RunEnd>;
  readonly #process: ChildProcess;
  #output = '';

  constructor({ name, runner, folder, args, env }: RunOptions) {
    this.name = name;
    const results = join(folder, `results-${name}.json`);
    this.#process = spawn(process.execPath, runner.command(args, results), {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...env, ...runner.env?.(results), RUN_NAME: name },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.ended = new Promise((resolve) => {
      // Not `close`: workers that outlive a killed runner have its pipes.
      this.#process.once('exit', (code, signal) => {
        const json = existsSync(results) ? readFileSync(results, 'utf8') : '';
        // Missing or incomplete where it was killed.
        const { tests } = json.trimEnd().endsWith('}') ? runner.read(json) : { tests: [] };
        setImmediate(() => resolve({ name, code, signal, tests, output: this.#output }));
      });
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get isOver(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  get output(): string {
    return this.#output;
  }

  /** SIGINT to all of its process group, as a terminal does. */
  kill(signal: NodeJS.Signals): void {
    if (!this.isOver) process.kill(signal === 'SIGINT' ? -this.pid : this.pid, signal);
  }
}
