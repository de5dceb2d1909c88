/**
 * The hosts of one Vitest, which lives longer than one run: in watch mode it re-runs, and restarts when its config is
 * edited. Projects that find the same config share a host; most often there is one.
 *
 *   setup ─▶ join ─▶ host started, address provided ─▶ runs, re-runs (refresh) ─▶ teardown ─▶ leave ─▶ host stopped
 */
import type { CarpoolOptions } from 'carpool/adapter/main-process';
import type { TestProject, Vitest } from 'vitest/node';
import { CarpoolReporter } from './reporter.ts';
import { SharedHost } from './shared-host.ts';

/** The hosts of one Vitest. */
export class Hosts {
  readonly #vitest: Vitest;
  readonly #hosts = new Map<string, SharedHost>();
  readonly #reporter: CarpoolReporter;

  constructor(vitest: Vitest) {
    this.#vitest = vitest;
    this.#reporter = new CarpoolReporter(vitest, () => this.#hosts.values());
  }

  async join(project: TestProject, options: CarpoolOptions): Promise<void> {
    this.#report();
    const key = SharedHost.keyOf(project.config.root, options);
    const host = this.#hosts.get(key) ?? new SharedHost(this.#vitest, project.config.root, options);
    this.#hosts.set(key, host);
    await host.join(project);
    // Vitest forgets these listeners when it restarts, and runs setup again.
    project.onTestsRerun(() => host.refresh());
  }

  async leave(project: TestProject): Promise<void> {
    for (const [key, host] of this.#hosts) {
      if (!host.leave(project)) continue;
      this.#hosts.delete(key);
      await host.stop();
    }
  }

  /** Vitest makes its reporters anew when it restarts. The list is not in its types, but has been there since 1.0. */
  #report(): void {
    const { reporters } = this.#vitest as unknown as { reporters?: unknown[] };
    if (reporters?.includes(this.#reporter) === false) reporters.push(this.#reporter);
  }
}

const allHosts = Symbol.for('carpool.vitest.runs');

/**
 * Kept outside this module: Vitest evaluates a linked package anew for every project and after every restart, and the
 * host of a run must be found again.
 */
export function hostsOf(vitest: Vitest): Hosts {
  const home = globalThis as { [allHosts]?: WeakMap<Vitest, Hosts> };
  const known = (home[allHosts] ??= new WeakMap());
  const run = known.get(vitest) ?? new Hosts(vitest);
  known.set(vitest, run);
  return run;
}
