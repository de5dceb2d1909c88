/** Hears what host processes hold, and what must not be: two holders, or a fence that falls. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type Told =
  | {
      readonly what: 'granted';
      readonly name: string;
      readonly number: number;
      readonly bucket: string;
      readonly revision: number;
    }
  | { readonly what: 'releases' | 'lost'; readonly name: string; readonly number: number }
  | { readonly what: 'failed'; readonly name: string; readonly number: number; readonly message: string };

const program = join(import.meta.dirname, '../programs/host.ts');

export interface RecorderOptions {
  readonly servers: string;
  readonly run: string;
  readonly ttl: number;
  readonly names: readonly string[];
}

interface Holder {
  readonly host: HostProcess;
  readonly number: number;
}

export class HostProcess {
  readonly child: ChildProcess;
  grants: number = 0;
  /** It was stopped, and may believe in a lease that is over: the recorder refuses it by its fence. */
  stopped: boolean = false;

  constructor(child: ChildProcess) {
    this.child = child;
  }
}

export class Recorder {
  readonly faults: string[] = [];
  readonly hosts: Set<HostProcess> = new Set();
  grants: number = 0;
  lost: number = 0;
  /** Grants whose fence was too low. */
  refused: number = 0;
  readonly #options: RecorderOptions;
  readonly #holders = new Map<string, Set<Holder>>();
  readonly #buckets: string[] = [];
  readonly #fences = new Map<string, readonly [number, number]>();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  start(): HostProcess {
    const { servers, run, ttl, names } = this.#options;
    const env = { ...process.env, SERVERS: servers, RUN: run, TTL: String(ttl), NAMES: names.join(',') };
    const host = new HostProcess(fork(program, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
    host.child.on('message', (told: Told) => this.#hear(host, told));
    this.hosts.add(host);
    return host;
  }

  /** What it holds, nothing holds any more. */
  async kill(host: HostProcess): Promise<void> {
    this.#forget(host);
    this.hosts.delete(host);
    const exit = once(host.child, 'exit');
    host.child.kill('SIGKILL');
    await exit;
  }

  async stopAll(): Promise<void> {
    await Promise.all(
      [...this.hosts].map(async (host) => {
        const exit = once(host.child, 'exit');
        host.child.send('stop');
        await exit;
        this.hosts.delete(host);
      }),
    );
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.hosts].map((host) => this.kill(host)));
  }

  #hear(host: HostProcess, told: Told): void {
    // It was in the pipe when the host was killed.
    if (!this.hosts.has(host)) return;
    const { name, number } = told;
    const holders = this.#holders.get(name) ?? new Set();
    this.#holders.set(name, holders);
    switch (told.what) {
      case 'granted':
        host.grants++;
        this.grants++;
        if (this.#admits(told)) this.#hold(holders, { host, number }, told);
        else if (host.stopped) this.refused++;
        else this.faults.push(`${name}: a fence has fallen to ${told.bucket} ${told.revision}`);
        return;
      case 'lost':
      case 'releases':
        if (told.what === 'lost') this.lost++;
        for (const holder of holders) if (holder.host === host && holder.number === number) holders.delete(holder);
        if (told.what === 'releases' && host.child.connected) host.child.send(number);
        return;
      case 'failed':
        this.faults.push(`${name} failed: ${told.message}`);
    }
  }

  #hold(holders: Set<Holder>, holder: Holder, told: Told): void {
    // One that stalls is told late; what it does is refused by its fence.
    for (const other of holders) if (other.host.stopped) holders.delete(other);
    if (holders.size > 0 && !holder.host.stopped) this.faults.push(`two hold at a time: ${JSON.stringify(told)}`);
    holders.add(holder);
  }

  /** As what a lease protects would do it. */
  #admits({ name, bucket, revision }: Extract<Told, { what: 'granted' }>): boolean {
    if (!this.#buckets.includes(bucket)) this.#buckets.push(bucket);
    const fence = [this.#buckets.indexOf(bucket), revision] as const;
    const last = this.#fences.get(name) ?? [0, 0];
    const rises = fence[0] > last[0] || (fence[0] === last[0] && fence[1] > last[1]);
    if (rises) this.#fences.set(name, fence);
    return rises;
  }

  #forget(host: HostProcess): void {
    for (const holders of this.#holders.values())
      for (const holder of holders) if (holder.host === host) holders.delete(holder);
  }
}
