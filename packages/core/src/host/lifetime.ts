/**
 * From the start of a host's process to its end: what stops it, what is ended with it, and by when.
 *
 *   start ─▶ … ─▶ stop: a command, a signal ─▶ what it serves is closed, what it has started is ended ─▶ exit
 */
import { messageOf } from '../base/thrown.ts';
import type { HostDirectory } from '../hosts/host-directory.ts';
import type { Restoration } from './restoration.ts';
import { endStarted, endStartedNow } from './started-processes.ts';

const windows = process.platform === 'win32';

/** Milliseconds after which the host exits in any case. Children have been killed by then, or cannot be. */
const stopLimit = 20_000;

export interface LifetimeOptions {
  /** Ends what the host serves. False, or a rejection: something of it may keep the process from exiting. */
  readonly close: () => Promise<boolean>;
  /** A signal is to stop it. Default: it stops. */
  readonly signalled?: ((signal: NodeJS.Signals) => void) | undefined;
  /** Calls `exit` when the last answer is written. Default: at once. */
  readonly last?: ((exit: () => void) => void) | undefined;
}

export class Lifetime {
  /** Removed at the end. */
  directory: HostDirectory | undefined;
  restoration: Restoration | undefined;
  readonly #options: LifetimeOptions;
  /** What a killed host has left is being ended. */
  #sweeping: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: LifetimeOptions) {
    this.#options = options;
    const { signalled = () => void this.stop() } = options;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, signalled);
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}); // its reader may be gone
    // Also after a crash; reaper.ts kills the children then.
    process.on('exit', () => this.#endNow());
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** Also at the end of a host whose life was too short to have come to it. Does not reject. */
  sweepOnce(): Promise<void> {
    return (this.#sweeping ??= swept());
  }

  /** Does not reject: what fails is printed, and the host ends. */
  stop(): Promise<void> {
    if (this.#stopping === undefined) {
      setTimeout(() => this.#endAtOnce(), stopLimit).unref();
      const { last = (exit) => exit() } = this.#options;
      const ended = this.#shutDown();
      this.#stopping = ended.then(() => {});
      // After the answer to `stop`.
      void ended.then((end) => setImmediate(() => last(end)));
    }
    return this.#stopping;
  }

  /** @returns how the process is to end */
  async #shutDown(): Promise<() => void> {
    await this.restoration?.end();
    const closed = await this.#options.close().catch((thrown: unknown) => {
      process.stderr.write(`carpool: Not all that the host serves has ended in order: ${messageOf(thrown)}\n`);
      return false;
    });
    const { directory } = this;
    await Promise.allSettled([directory && endStarted(directory.id), this.sweepOnce()]);
    directory?.remove();
    this.directory = undefined;
    return closed ? () => process.exit(0) : () => this.#endAtOnce();
  }

  /** The `exit` handler: after a crash, and where the stop took too long. */
  #endNow(): void {
    if (this.directory === undefined) return;
    endStartedNow(this.directory.id);
    this.directory.remove();
  }

  /** `exit` waits for a thread that is in a native call. The host is the leader of its group, and what that call runs is in it. */
  #endAtOnce(): void {
    this.#endNow();
    try {
      process.kill(windows ? process.pid : -process.pid, 'SIGKILL');
    } finally {
      // In the foreground of another process it is the leader of no group.
      process.kill(process.pid, 'SIGKILL');
    }
  }
}

/** Of no host that lives does it depend: another one sweeps later. */
async function swept(): Promise<void> {
  try {
    const { sweep } = await import('../hosts/sweep.ts');
    await sweep();
  } catch (thrown) {
    process.stderr.write(`carpool: What killed hosts have left stays for the next host: ${messageOf(thrown)}\n`);
  }
}
