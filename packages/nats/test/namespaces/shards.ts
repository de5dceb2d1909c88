/** The shards in the field: which there are on each machine, and what they keep. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spawn } from './nodes.ts';
import type { Has, Held, Line } from './journal.ts';
import { found } from './waiting.ts';

/** Milliseconds for a shard to end its test, and its host. */
const longestEnd = 30_000;

export interface Shard {
  readonly name: string;
  readonly machine: string;
  readonly child: ChildProcess;
  readonly exit: Promise<unknown[]>;
}

/** What is kept until it is lost, or `stop` is called. */
export interface Kept {
  readonly name: string;
  readonly stop: () => void;
}

export interface ShardsOptions {
  readonly journal: string;
  readonly lines: () => readonly Line[];
  readonly env: (machine: string) => NodeJS.ProcessEnv;
  readonly spawn: Spawn;
}

export class Shards {
  readonly #options: ShardsOptions;
  readonly #all = new Map<string, Shard>();
  #numbers = 0;

  constructor(options: ShardsOptions) {
    this.#options = options;
  }

  get all(): Shard[] {
    return [...this.#all.values()];
  }

  on(machine: string): Shard[] {
    return this.all.filter((shard) => shard.machine === machine);
  }

  start(machine: string): void {
    const { env, spawn } = this.#options;
    const name = `${machine}.${++this.#numbers}`;
    const words = [process.execPath, join(import.meta.dirname, 'shard.ts')];
    const child = spawn(machine, words, { env: { ...env(machine), SHARD: name } });
    this.#all.set(name, { name, machine, child, exit: once(child, 'exit') });
  }

  /** Each is started anew when it has ended, under another name. */
  async replace(shards: readonly Shard[]): Promise<void> {
    for (const { name, machine, exit } of shards) {
      await exit;
      this.#all.delete(name);
      this.start(machine);
    }
  }

  /** Its host, and the end of that, are written down by the shard. */
  hostOf({ name }: Shard): number {
    const line = this.#options.lines().find((one) => one.event === 'starts' && one.shard === name);
    if (line?.event !== 'starts') throw new Error(`${name} has not started`);
    return line.host;
  }

  /** A lease of that shard. */
  async keepLock({ name }: Shard): Promise<Kept> {
    const from = this.#options.lines().length;
    this.#keep([name], 'lock');
    const { hold } = await found(`${name} holds a lock`, () =>
      this.#since(from).find((line): line is Held => line.event === 'holds' && line.shard === name && line.kept),
    );
    return { name: hold, stop: () => this.#keep([name], '') };
  }

  /** A session there of a test on another machine. */
  async keepSessionOn(machine: string): Promise<Kept> {
    const from = this.#options.lines().length;
    const others = this.all.flatMap((shard) => (shard.machine === machine ? [] : [shard.name]));
    this.#keep(others, 'session');
    const { shard, session } = await found(`a session is kept on ${machine}`, () =>
      this.#since(from).find(
        (line): line is Has =>
          line.event === 'has' && line.kept && line.machine === machine && others.includes(line.shard),
      ),
    );
    // They go on with other tests.
    this.#keep(
      others.filter((name) => name !== shard),
      '',
    );
    return { name: session, stop: () => this.#keep([shard], '') };
  }

  /** All end in order. @returns what is wrong with that */
  async end(): Promise<string[]> {
    const codes = await Promise.all(
      this.all.map(async ({ name, child, exit }) => {
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), longestEnd);
        const [code] = await exit;
        clearTimeout(late);
        return code === 0 ? [] : [`${name} has ended with ${String(code)}`];
      }),
    );
    this.#all.clear();
    return codes.flat();
  }

  /** Those that are still there. */
  async kill(): Promise<void> {
    for (const { child } of this.all) child.kill('SIGKILL');
    await Promise.all(this.all.map(({ exit }) => exit));
  }

  #since(from: number): readonly Line[] {
    return this.#options.lines().slice(from);
  }

  #keep(shards: readonly string[], what: 'lock' | 'session' | ''): void {
    for (const name of shards) writeFileSync(`${this.#options.journal}.${name}`, what);
  }
}
