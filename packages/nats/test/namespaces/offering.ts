/** The host of a machine that offers its pool to all others: `carpool serve --listen`. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { command } from '../support/machines.ts';
import type { Spawn } from './nodes.ts';
import type { Writer } from './journal.ts';

/** Milliseconds for it to end in order, and for sessions there to end with their runs. */
const longestEnd = 30_000;
const longestRest = 15_000;

/** Of `carpool ps --json`. */
interface Processes {
  readonly hosts: readonly {
    readonly pid?: number;
    readonly pools?: readonly { readonly name: string; readonly open: number; readonly queued: number }[];
  }[];
}

export interface OfferingOptions {
  readonly machine: string;
  /** HOST:PORT. */
  readonly place: string;
  readonly slots: number;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly spawn: Spawn;
  readonly journal: Writer;
}

export class Offering {
  readonly #options: OfferingOptions;
  #child: ChildProcess | undefined;
  #exit: Promise<unknown[]> | undefined;
  #host: number | undefined;

  constructor(options: OfferingOptions) {
    this.#options = options;
  }

  /** Resolves when others may use it. */
  async start(): Promise<void> {
    const { machine, place, slots, cwd, env, spawn, journal } = this.#options;
    // Ended by a signal, it does not wait for the sessions that others have there.
    const words = [process.execPath, command, 'serve', '--listen', place, '--leave', '0s'];
    const child = spawn(machine, words, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#exit = once(child, 'exit');
    const lines: string[] = [];
    let offers = false;
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        lines.push(line);
        const [, pid] = /the host of this machine serves: process (\d+)/.exec(line) ?? [];
        if (pid !== undefined) {
          this.#host = Number(pid);
          journal.write({ event: 'offers', machine, place, host: this.#host, slots });
        }
        // The host and the command print each by itself.
        offers ||= line.endsWith('Z offers to other hosts: echo');
        if (offers && this.#host !== undefined) resolve();
      });
      child.once('exit', (code) => reject(new Error(`${machine} has ended with ${code}: ${lines.join('\n')}`)));
    });
  }

  /** With its command: nothing of it says a word more. */
  async kill(): Promise<void> {
    if (this.#host !== undefined) process.kill(this.#host, 'SIGKILL');
    this.#host = undefined;
    this.#child?.kill('SIGKILL');
    await this.#exit;
  }

  /** All runs have ended: no session and no call of them may be left. What a child has not confirmed yet has its time. */
  async rest(): Promise<string[]> {
    const { machine } = this.#options;
    for (const ends = performance.now() + longestRest; ; await pause(200)) {
      const { hosts } = JSON.parse(await this.#look()) as Processes;
      const pools = hosts.flatMap((host) => (host.pid === this.#host ? (host.pools ?? []) : []));
      const left = pools.filter(({ open, queued }) => open + queued > 0);
      if (pools.length > 0 && left.length === 0) return [];
      if (performance.now() < ends) continue;
      return [`${machine} offers, and without runs it has ${JSON.stringify(pools)}`];
    }
  }

  /** What `carpool ps` says there. */
  async #look(): Promise<string> {
    const { machine, cwd, env, spawn } = this.#options;
    const words = [process.execPath, command, 'ps', '--json'];
    const child = spawn(machine, words, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = await Promise.all([text(child.stdout!), once(child, 'exit')]);
    return said;
  }

  /** In order. @returns what is wrong with its end */
  async stop(): Promise<string[]> {
    const child = this.#child;
    if (child === undefined) return [];
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), longestEnd);
    await this.#exit;
    clearTimeout(late);
    this.#child = this.#host = undefined;
    return child.exitCode === 0
      ? []
      : [`${this.#options.machine} offered, and has ended with ${child.exitCode ?? child.signalCode}`];
  }
}
