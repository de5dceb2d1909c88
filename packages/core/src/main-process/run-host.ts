/**
 * The host of a runner's main process over several runs: watch modes run again in the same process.
 *
 *   runStarted ─▶ host started or joined ─▶ runEnded ─▶ runStarted ─▶ host kept, or replaced ─▶ … ─▶ stop
 */
import { checkNode } from '../base/required-node.ts';
import { asCarpoolError, fromRecord, toRecord, type CarpoolError, type ErrorRecord } from '../base/errors.ts';
import { evidenceOption, type EvidenceOption } from './evidence-option.ts';
import type { Host, HostOptions } from './types.ts';
import { findConfig } from '../config/find.ts';
import { fingerprint, sameFingerprint, type Fingerprint, type WatchedFiles } from '../process/files.ts';
import { joinHost } from './join-host.ts';
import type { Provided } from '../client/provided.ts';
import type { HostSummary } from '../wire/control.ts';
import { summaryLines, transcriptLines, warningLines } from './summary.ts';

/** What users may set, the same in every adapter: `carpool(options)`. */
export interface CarpoolOptions extends Omit<HostOptions, 'root'> {
  /**
   * Add to the error of a failing test what its sessions and their children said last. `'whole'`: with all of each message, as
   * with `CARPOOL_EVIDENCE=whole` in the environment. False: no message is kept for it, in test processes and the host of the
   * run; a host of the machine keeps those of all its runs.
   * @defaultValue true
   */
  readonly evidence?: EvidenceOption | undefined;
  /**
   * Print one line for each pool after a run, unless the runner is to be silent: `--silent`, of Playwright `--quiet`. Warnings
   * are printed in any case. Default true.
   */
  readonly summary?: boolean | undefined;
}

/** What users may set, the project's folder, and what an adapter says of itself. */
export interface RunHostOptions extends CarpoolOptions, Pick<HostOptions, 'root'> {
  /** The runner's name, for messages only: "vitest", "jest", "playwright". */
  readonly runner: string;
  /** The adapter's version. Workers that load another one are refused. */
  readonly version: string;
}

/**
 * The host of a runner's main process: one that it starts, or the one that the environment names, under `carpool run`.
 * It lives as long as the main process, over re-runs in watch mode. No method rejects.
 */
export class RunHost {
  readonly #options: RunHostOptions;
  #evidence: EvidenceOption | undefined;
  #provided: Provided;
  #host: Host | undefined;
  /** The files that the config was loaded from, with their fingerprints at that time. */
  #files = new Map<string, Fingerprint | undefined>();
  #watched: WatchedFiles = { files: [], globs: [] };
  #crashes: readonly ErrorRecord[] = [];
  /** Those that were taken in this run. */
  readonly #taken = new Set<string>();
  /** The host has exited by itself. */
  #gone = false;
  /** One at a time: a second call joins the first. */
  #beginning: Promise<void> | undefined;

  constructor(options: RunHostOptions) {
    this.#options = options;
    this.#evidence = options.evidence;
    this.#provided = { ...this.#own, pools: [], sharedWorkers: [] };
  }

  /** What workers need to connect. It is another object when another host was started. */
  get provided(): Provided {
    return this.#provided;
  }

  get #own(): Pick<Provided, 'version' | 'evidence'> {
    return { version: this.#options.version, evidence: this.#evidence };
  }

  /** Files whose change makes another host necessary. Empty for a host that this runner joined. */
  get files(): readonly string[] {
    return [...this.#files.keys()];
  }

  /**
   * Before each run: starts a host if there is none, or if the config was edited or the old one is gone. Never rejects: a
   * problem is provided to the workers, and fails the tests that use a pool.
   */
  runStarted(): Promise<void> {
    return (this.#beginning ??= this.#begin().finally(() => (this.#beginning = undefined)));
  }

  /** After each run. Never rejects. */
  async runEnded(): Promise<void> {
    this.#watched = (await this.#host?.runEnded()) ?? this.#watched;
  }

  /**
   * Files whose change makes another child necessary, and globs for more of them: the next `runStarted` replaces the
   * child. Empty until a run with a child has ended.
   */
  get watched(): WatchedFiles {
    return this.#watched;
  }

  /**
   * What the pools have done, a line each, and warnings: these alone with `summary: false`. Empty for a host that this runner
   * joined: `carpool run` prints its summary.
   * @param silent warnings alone, as the runner is to be silent
   */
  async summary(silent: boolean = false): Promise<string[]> {
    const summary = await this.#host?.summary();
    this.#crashes = summary?.crashes ?? [];
    return this.#lines(this.#host, summary, silent);
  }

  /**
   * Shared workers that crashed in the run, as of the last `summary` or `stop`, each once: the run must fail, whether or not
   * a test has noticed. Empty for a host that this runner joined: `carpool run` fails.
   */
  takeCrashes(): CarpoolError[] {
    const fresh = this.#crashes.filter((crash) => !this.#taken.has(keyOf(crash)));
    for (const crash of fresh) this.#taken.add(keyOf(crash));
    return fresh.map((crash) => fromRecord(crash, { stack: '' }));
  }

  /**
   * Stops the host, if this process started it, and leaves it otherwise. Resolves with the last summary.
   * @param silent as of `summary`
   */
  async stop(silent: boolean = false): Promise<string[]> {
    const host = this.#host;
    this.#host = undefined;
    const summary = await host?.stop();
    this.#crashes = summary?.crashes ?? [];
    return this.#lines(host, summary, silent);
  }

  #lines(host: Host | undefined, summary: HostSummary | undefined, silent: boolean): string[] {
    // That of another process prints its own.
    if (host?.pid === undefined) return [];
    const isShort = silent || this.#options.summary === false;
    const lines = (isShort ? warningLines : summaryLines)(summary?.pools ?? [], summary?.leaks);
    return [...lines, ...transcriptLines(summary)];
  }

  async #begin(): Promise<void> {
    this.#taken.clear();
    if (await this.#canContinue()) {
      await this.#host?.runStarted();
      // One that was killed a moment ago is known to be gone only when it does not answer.
      if (!this.#gone) return;
    }
    await this.stop();
    this.#crashes = [];
    try {
      checkNode();
      const evidence = (this.#evidence = evidenceOption(this.#options.evidence));
      this.#host = await joinHost({ ...this.#options, evidence }, this.#options.runner);
      const host = this.#host;
      this.#gone = false;
      void host.exited.then(() => (this.#gone ||= this.#host === host));
      const { files, ...named } = await host.configured;
      const { pools, sharedWorkers, locks, redact, problem } = named;
      this.#provided = {
        ...this.#own,
        address: host.address,
        log: host.log,
        pools,
        sharedWorkers,
        locks,
        redact,
        problem,
      };
      this.#files = new Map(files.map((file) => [file, fingerprint(file)]));
    } catch (thrown) {
      const problem = toRecord(asCarpoolError(thrown, 'HUB_UNREACHABLE', 'Cannot start the host'));
      this.#provided = { ...this.#own, pools: [], sharedWorkers: [], problem };
    }
  }

  /** A config that cannot be used may be fixed in a file that it imports, and a missing one may be written. */
  async #canContinue(): Promise<boolean> {
    if (this.#host === undefined || this.#gone) return false;
    const { root, configFile } = this.#options;
    const { problem, address } = this.#provided;
    if (this.#host.pid === undefined) return problem === undefined; // a joined host keeps its own config
    if (problem !== undefined && this.#files.size === 0) {
      return address !== undefined && findConfig(root) === undefined && configFile === undefined;
    }
    const edited = [...this.#files].some(([file, then]) => !sameFingerprint(fingerprint(file), then));
    return !edited && problem === undefined;
  }
}

function keyOf({ context, message }: ErrorRecord): string {
  return JSON.stringify([context['file'], message]);
}
