/** The servers of NATS in the field, and who looks at them from a machine of its own. */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary } from '../support/servers.ts';
import type { Looks } from './observer.ts';

/** On a machine. */
export type Spawn = (machine: string, words: readonly string[], options: SpawnOptions) => ChildProcess;

export const servers = ['n0', 'n1', 'n2'] as const;

export interface NodesOptions {
  readonly folder: string;
  readonly address: (server: string) => string;
  readonly spawn: Spawn;
}

export class Nodes {
  readonly #options: NodesOptions;
  readonly #running = new Map<string, ChildProcess>();
  readonly #observer: ChildProcess;

  constructor(options: NodesOptions) {
    this.#options = options;
    const words = [process.execPath, join(import.meta.dirname, 'observer.ts')];
    this.#observer = options.spawn('observer', words, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  start(name: string): void {
    const { address, spawn } = this.#options;
    const routes = servers.map((other) => `nats://${address(other)}:6222`).join(', ');
    const folder = join(this.#options.folder, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'nats.conf'),
      `server_name: ${name}
listen: "${address(name)}:4222"
jetstream { store_dir: "${folder}/jetstream", max_mem: 64M, max_file: 64M }
cluster { name: c, listen: "${address(name)}:6222", routes: [${routes}] }
`,
    );
    const words = [binary ?? '', '-c', join(folder, 'nats.conf'), '-l', join(folder, 'log')];
    this.#running.set(name, spawn(name, words, {}));
  }

  async kill(name: string): Promise<void> {
    const child = this.#running.get(name);
    if (child === undefined) throw new Error(`no server is named ${JSON.stringify(name)}`);
    this.#running.delete(name);
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  async look<What extends keyof Looks>(what: What): Promise<Looks[What]> {
    const answer = once(this.#observer, 'message') as Promise<[Looks[What]]>;
    this.#observer.send(what);
    return (await answer)[0];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.kill(name)));
    const exit = once(this.#observer, 'exit');
    this.#observer.disconnect();
    await exit;
  }
}
