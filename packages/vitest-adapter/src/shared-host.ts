/** One host and the projects that use it. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { findConfig, isCarpoolError, startHost, type Host, type HostSummary } from 'carpool/host';
import type { TestProject, Vitest } from 'vitest/node';
import type { CarpoolOptions } from './plugin.ts';
import { version, type Provided } from './provided.ts';

export class SharedHost {
  readonly summarised: boolean;
  readonly #vitest: Vitest;
  readonly #root: string;
  readonly #options: CarpoolOptions;
  readonly #projects = new Set<TestProject>();
  #host: Host | undefined;
  #provided: Provided | undefined;
  /** The files that the config was loaded from, with what they looked like then. */
  #files = new Map<string, string>();
  /** One start or restart at a time; several projects ask for the same one. */
  #underWay: Promise<void> | undefined;

  constructor(vitest: Vitest, root: string, options: CarpoolOptions) {
    this.#vitest = vitest;
    this.#root = root;
    this.#options = options;
    this.summarised = options.summary ?? true;
  }

  /** Projects with the same key share a host. */
  static keyOf(root: string, options: CarpoolOptions): string {
    const { configFile } = options;
    const config = configFile === undefined ? findConfig(root) : resolve(root, configFile);
    return JSON.stringify([config ?? root, options.pools]);
  }

  async join(project: TestProject): Promise<void> {
    this.#projects.add(project);
    if (this.#provided === undefined) await this.#once(() => this.#start());
    this.#provide(project);
  }

  /** True if nobody needs it any more. */
  leave(project: TestProject): boolean {
    return this.#projects.delete(project) && this.#projects.size === 0;
  }

  /** Before a re-run: a new host if the config was edited, or if the old one is gone. */
  refresh(): Promise<void> {
    return this.#once(() => this.#restartIfStale());
  }

  async stop(): Promise<void> {
    await this.#host?.stop();
    this.#host = undefined;
    this.#provided = undefined;
  }

  /** Undefined if there is no host to ask. */
  async summary(): Promise<HostSummary | undefined> {
    return this.#host?.summary().catch(() => undefined);
  }

  #once(act: () => Promise<void>): Promise<void> {
    return (this.#underWay ??= act().finally(() => (this.#underWay = undefined)));
  }

  async #restartIfStale(): Promise<void> {
    const edited = [...this.#files].some(([file, looks]) => looksOf(file) !== looks);
    const summary = await this.summary();
    // A host that has no pools has a problem, or is gone.
    if (!edited && summary !== undefined && summary.pools.length > 0) return this.#host?.run();
    await this.stop();
    await this.#start();
    for (const project of this.#projects) this.#provide(project);
  }

  async #start(): Promise<void> {
    const { configFile, pools } = this.#options;
    try {
      this.#host = await startHost({
        root: this.#root,
        ...(configFile === undefined ? {} : { configFile }),
        ...(pools === undefined ? {} : { pools }),
      });
      const { pools: names, files, problem } = await this.#host.configured;
      const told = problem === undefined ? {} : { problem: { code: problem.code, message: problem.message } };
      this.#provided = { version, address: this.#host.address, pools: names, ...told };
      this.#watch(files);
    } catch (thrown) {
      this.#provided = { version, pools: [], problem: problemIn(thrown) };
    }
  }

  #provide(project: TestProject): void {
    if (this.#provided !== undefined) project.provide('carpool', this.#provided);
  }

  /** An edited config runs all tests again. It may lie outside the root, and no test need import it. */
  #watch(files: readonly string[]): void {
    this.#files = new Map(files.map((file) => [file, looksOf(file)]));
    if (!this.#vitest.config.watch) return;
    const patterns = files.map((file) => file.replace(/[!()*+?@[\\\]{}]/g, String.raw`\$&`));
    const { forceRerunTriggers } = this.#vitest.config;
    forceRerunTriggers.push(...patterns.filter((pattern) => !forceRerunTriggers.includes(pattern)));
    this.#vitest.vite.watcher.add([...files]);
  }
}

function looksOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? 'absent' : `${stats.mtimeMs} ${stats.size}`;
}

function problemIn(thrown: unknown): NonNullable<Provided['problem']> {
  if (isCarpoolError(thrown)) return { code: thrown.code, message: thrown.message };
  return { code: 'HUB_UNREACHABLE', message: `Cannot start the host: ${String(thrown)}` };
}
