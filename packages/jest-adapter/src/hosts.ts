/**
 * The hosts of this Jest, one for each Carpool config; most often one. In watch mode Jest runs its global setup and
 * teardown at every run, in one process, with modules and without: the hosts are kept outside of them.
 *
 *   setup ─▶ begin: started, or told of the new run ─▶ tests ─▶ teardown: summary; stopped unless Jest watches
 */
import { statSync } from 'node:fs';
import {
  isCarpoolError,
  joinHost,
  summaryLines,
  CarpoolError,
  toRecord,
  type Host,
  type HostOptions,
} from 'carpool/host';
import { version, type ProvidedFor } from './provided.ts';

export class RunHost {
  provided: ProvidedFor;
  readonly #options: HostOptions;
  readonly #environment: Pick<ProvidedFor, 'environment'>;
  #host: Host | undefined;
  /** The files that the config was loaded from, with what they looked like then. */
  #files = new Map<string, string>();

  constructor(options: HostOptions, environment: Pick<ProvidedFor, 'environment'>) {
    this.#options = options;
    this.#environment = environment;
    this.provided = { root: options.root, version, pools: [] };
  }

  /** Never rejects: what went wrong is handed to the workers, and fails the tests that want a pool. */
  async begin(): Promise<void> {
    const edited = [...this.#files].some(([file, looks]) => looksOf(file) !== looks);
    const summary = await this.#host?.summary().catch(() => undefined);
    // One that has no pools has a problem, or is gone.
    if (!edited && summary !== undefined && summary.pools.length > 0) return await this.#host?.run();
    await this.stop();
    const known = { root: this.#options.root, version, ...this.#environment };
    try {
      this.#host = await joinHost(this.#options, 'jest');
      const { pools, files, problem } = await this.#host.configured;
      this.provided = { ...known, address: this.#host.address, pools, ...(problem === undefined ? {} : { problem }) };
      this.#files = new Map(files.map((file) => [file, looksOf(file)]));
    } catch (thrown) {
      const error = isCarpoolError(thrown)
        ? thrown
        : new CarpoolError('HUB_UNREACHABLE', `Cannot start the host: ${String(thrown)}`, { cause: thrown });
      this.provided = { ...known, pools: [], problem: toRecord(error) };
    }
  }

  /** A line for each pool. None for somebody else's host: other runners are on it too, and it has a summary of its own. */
  async summary(): Promise<string[]> {
    if (this.#host?.pid === undefined) return [];
    const summary = await this.#host.summary().catch(() => undefined);
    return summaryLines(summary?.pools ?? []);
  }

  async stop(): Promise<void> {
    await this.#host?.stop();
    this.#host = undefined;
  }
}

function looksOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? 'absent' : `${stats.mtimeMs} ${stats.size}`;
}

const key: unique symbol = Symbol.for('carpool.jest.hosts') as never;

/** By what they were started with. */
export function hosts(): Map<string, RunHost> {
  const home = globalThis as { [key]?: Map<string, RunHost> };
  return (home[key] ??= new Map());
}
