/** Starts a host, and controls it over its stdin and stdout from the runner's main process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CarpoolError, fromRecord } from '../base/errors.ts';
import { systemClock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import type { PoolOptions } from '../pool/options.ts';
import type { WatchedFiles } from '../process/files.ts';
import type { Boot, Command, Configured, Done, HostSummary, Report } from '../wire/control.ts';

/** Where the pools of a host come from. */
export interface HostOptions {
  /** The project's folder: the config is searched there and in the folders above. */
  readonly root: string;
  /** A config file, relative to `root`. Default: the nearest `carpool.config.*`. */
  readonly configFile?: string | undefined;
  /** Pools as plain data, in addition to those of the config. */
  readonly pools?: Readonly<Record<string, PoolOptions>>;
}

/** A host process, as the process that started or joined it sees it. Disposing it stops it. */
export interface Host extends AsyncDisposable {
  /** What workers connect to: path and token. */
  readonly address: string;
  /** Of the host process; `undefined` for a host that was joined. */
  readonly pid: number | undefined;
  /** Resolves when the host has loaded the config, or has failed to: `problem` then says why. Never rejects. */
  readonly configured: Promise<Configured>;
  /** Resolves when the host process is gone, however that came about. */
  readonly exited: Promise<void>;
  /** What the pools have done in this run; of a host that several runners share, since it was started. */
  summary(): Promise<HostSummary>;
  /** Reports to the host that a new run begins. */
  runStarted(): Promise<void>;
  /** Reports to the host that a run has ended. Resolves with what its children were started from, as far as that is known. */
  runEnded(): Promise<WatchedFiles | undefined>;
  /** Ends all sessions and children, and the host. Resolves with the last summary. A second call joins the first. */
  stop(): Promise<HostSummary | undefined>;
}

/** Megabytes from the start: the host limits its heap (main.ts), and a relay makes much short-lived garbage. */
const youngGeneration = '--min-semi-space-size=8';
const readyTimeout = 10_000;
const replyTimeout = 5_000;
/** Longer, because shared workers that are replaced run their teardowns first. */
const runTimeout = 20_000;
/** Longer than the host allows itself. */
const stopTimeout = 25_000;

/**
 * Starts a host process. It ends by itself when this process ends, in whatever way.
 * @throws CarpoolError HUB_UNREACHABLE
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const child = spawn(process.execPath, [youngGeneration, mainFile()], {
    // Its own process group: a Ctrl-C in the terminal reaches the runner first, and the host cleans up after it.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: withoutInspector(process.env['NODE_OPTIONS']) },
    windowsHide: true,
  });
  const host = new HostProcess(child);
  const token = randomBytes(32).toString('hex');
  const boot: Boot = { root: options.root, token, configFile: options.configFile, pools: options.pools };
  child.stdin?.write(`${JSON.stringify(boot)}\n`);
  await host.ready();
  return host;
}

class HostProcess implements Host {
  readonly configured: Promise<Configured>;
  readonly #child: ChildProcess;
  readonly #address = Promise.withResolvers<string>();
  readonly #configured = Promise.withResolvers<Configured>();
  readonly #replies = new Map<number, (answer: Done | undefined) => void>();
  readonly exited: Promise<void>;
  address = '';
  #ids = 0;
  /** The config has been loaded, or failed to load. */
  #known = false;
  #stopping: Promise<HostSummary | undefined> | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.configured = this.#configured.promise;
    this.exited = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    void this.exited.then(() => this.#gone());
    child.once('error', (error) => this.#address.reject(unreachable(error.message)));
    child.stdin?.on('error', () => {}); // the exit says why
    this.#address.promise.catch(() => {});
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => this.#onLine(line));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async ready(): Promise<void> {
    const expired = (): Error => unreachable(`it was not ready within ${readyTimeout} ms`);
    try {
      this.address = await within(this.#address.promise, { clock: systemClock, timeout: readyTimeout, expired });
    } catch (thrown) {
      this.#child.kill('SIGKILL');
      throw thrown;
    }
    // An idle host does not keep the event loop running; a pending call does, and a config that is being loaded.
    void this.configured.then(() => this.#ref(false));
  }

  async summary(): Promise<HostSummary> {
    return (await this.#call('summary', replyTimeout))?.summary ?? { pools: [], crashes: [] };
  }

  async runStarted(): Promise<void> {
    await this.#call('runStarted', runTimeout);
  }

  async runEnded(): Promise<WatchedFiles | undefined> {
    return (await this.#call('runEnded', replyTimeout))?.watched;
  }

  stop(): Promise<HostSummary | undefined> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<HostSummary | undefined> {
    const stopped = await this.#call('stop', stopTimeout);
    this.#child.stdin?.end();
    this.#ref(true);
    const expired = (): Error => unreachable('it did not end');
    await within(this.exited, { clock: systemClock, timeout: stopTimeout, expired }).catch(() =>
      this.#child.kill('SIGKILL'),
    );
    return stopped?.summary;
  }

  /** Resolves with `undefined` when the host is gone, or does not answer in time. */
  async #call(command: Command['command'], timeout: number): Promise<Done | undefined> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return undefined;
    const id = ++this.#ids;
    const reply = new Promise<Done | undefined>((resolve) => this.#replies.set(id, resolve));
    this.#ref(true);
    this.#child.stdin?.write(`${JSON.stringify({ command, id } satisfies Command)}\n`);
    const expired = (): Error => unreachable('it does not answer');
    try {
      return await within(reply, { clock: systemClock, timeout, expired });
    } catch {
      return undefined;
    } finally {
      this.#replies.delete(id);
      this.#ref(false);
    }
  }

  #onLine(line: string): void {
    const report = JSON.parse(line) as Report;
    switch (report.report) {
      case 'ready':
        this.#address.resolve(report.address);
        break;
      case 'failed':
        this.#address.reject(fromRecord(report.error));
        break;
      case 'configured':
        this.#known = true;
        this.#configured.resolve(report.configured);
        break;
      case 'done':
        this.#replies.get(report.id)?.(report);
        break;
    }
  }

  #gone(): void {
    const { exitCode, signalCode } = this.#child;
    const how = signalCode === null ? `it exited with code ${exitCode}` : `it was killed by ${signalCode}`;
    this.#address.reject(unreachable(`${how} before it was ready`));
    const problem = {
      code: 'HUB_LOST',
      message: `The host is gone: ${how}`,
      scope: 'hub',
      blame: 'carpool',
      context: {},
      evidence: {},
    } as const;
    this.#known = true;
    this.#configured.resolve({ pools: [], sharedWorkers: [], files: [], problem });
    for (const resolve of this.#replies.values()) resolve(undefined);
  }

  #ref(hold: boolean): void {
    if (!hold && (this.#replies.size > 0 || !this.#known)) return;
    const handles = [this.#child, this.#child.stdin, this.#child.stdout] as ({ ref?(): void; unref?(): void } | null)[];
    for (const handle of handles) (hold ? handle?.ref : handle?.unref)?.call(handle);
  }
}

/** In the package it is beside this file; in a checkout Node runs the source. */
function mainFile(): string {
  const name = import.meta.url.endsWith('.ts') ? '../host/boot.ts' : './host-main.js';
  return fileURLToPath(new URL(name, import.meta.url));
}

/** A debugger is for the runner, not for the host. */
function withoutInspector(options: string | undefined): string | undefined {
  return options?.replaceAll(/--inspect\S*/g, '').trim();
}

function unreachable(why: string): CarpoolError {
  return new CarpoolError('HUB_UNREACHABLE', `Cannot start the host process: ${why}`);
}
