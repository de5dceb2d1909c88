/** One host and the projects that use it. */
import { resolve } from 'node:path';
import { failRun, findConfig, RunHost, type CarpoolOptions } from 'carpool/adapter/main-process';
import type { TestProject, Vitest } from 'vitest/node';
import { version } from './provided.ts';

/** A host, from its first project to its last. */
export class SharedHost {
  readonly #vitest: Vitest;
  readonly #host: RunHost;
  readonly #projects = new Set<TestProject>();
  #begun: Promise<void> | undefined;

  constructor(vitest: Vitest, root: string, options: CarpoolOptions) {
    this.#vitest = vitest;
    this.#host = new RunHost({ root, ...options, runner: 'vitest', version });
  }

  /** Projects with the same key share a host. */
  static keyOf(root: string, options: CarpoolOptions): string {
    const { configFile } = options;
    const config = configFile === undefined ? findConfig(root) : resolve(root, configFile);
    return JSON.stringify([config ?? root, options.pools]);
  }

  async join(project: TestProject): Promise<void> {
    this.#projects.add(project);
    await (this.#begun ??= this.#begin());
    project.provide('carpool', this.#host.provided);
  }

  /** @returns true if no project needs it any more */
  leave(project: TestProject): boolean {
    return this.#projects.delete(project) && this.#projects.size === 0;
  }

  /** Before a re-run: a new host if the config was edited, or if the old one is gone. */
  async refresh(): Promise<void> {
    const before = this.#host.provided;
    await this.#begin();
    if (this.#host.provided === before) return;
    for (const project of this.#projects) project.provide('carpool', this.#host.provided);
  }

  /** After each run. An edit of what a child was started from runs all tests again. */
  async end(): Promise<void> {
    await this.#host.runEnded();
    const { files, globs } = this.#host.watched;
    this.#watch(files, globs);
  }

  async stop(): Promise<void> {
    await this.#host.stop();
    failRun(this.#host.takeCrashes());
  }

  /** Fails the run if a shared worker has crashed in it. */
  async summary(): Promise<readonly string[]> {
    const lines = await this.#host.summary(this.#vitest.config.silent === true);
    failRun(this.#host.takeCrashes());
    return lines;
  }

  /** An edited config runs all tests again. It may lie outside the root, and no test need import it. */
  async #begin(): Promise<void> {
    await this.#host.runStarted();
    reportOldNode(this.#host.provided.problem?.message);
    this.#watch(this.#host.files, []);
  }

  #watch(files: readonly string[], globs: readonly string[]): void {
    if (!this.#vitest.config.watch) return;
    const named = files.map((file) => file.replace(/[!()*+?@[\\\]{}]/g, String.raw`\$&`));
    const { forceRerunTriggers } = this.#vitest.config;
    forceRerunTriggers.push(...[...named, ...globs].filter((pattern) => !forceRerunTriggers.includes(pattern)));
    this.#vitest.vite.watcher.add([...files]);
  }
}

let reported = false;

/**
 * Tests fail with this. But the reporters of Vitest 5 call what Node 20 does not have, and throw before they show it.
 * @param problem why there is no host
 */
function reportOldNode(problem: string | undefined): void {
  if (problem === undefined || reported || 'groupBy' in Map) return;
  reported = true;
  process.stderr.write(`carpool: ${problem}\n`);
}
