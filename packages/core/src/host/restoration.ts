/**
 * Cleaners of temporary files remove what looks old, also of a host that lives, such as one of a runner in watch mode. No
 * process could connect to it any more. So the host looks, at the beginning of each run and from time to time, and makes its
 * folder, its sockets and its records again. Connections that are open are not affected.
 */
import { existsSync, mkdirSync } from 'node:fs';
import type { PidFiles } from '../process/pid-files.ts';
import type { HostDirectory } from '../hosts/host-directory.ts';
import type { Hub } from './hub/hub.ts';

/** Milliseconds. */
const interval = 2_000;

export interface RestorationOptions {
  readonly directory: HostDirectory;
  /** The hubs of this host, and where each listens. */
  readonly sockets: () => readonly {
    readonly hub: Pick<Hub, 'listenAgain' | 'sharedWorkers' | 'isClosed'>;
    /** Absent: its workers are on other machines. */
    readonly path: string | undefined;
    /** A folder of its own, beside that of the host. */
    readonly folder?: string | undefined;
  }[];
  readonly children: PidFiles;
}

export class Restoration {
  readonly #options: RestorationOptions;
  readonly #timer: NodeJS.Timeout;
  #restoring: Promise<void> | undefined;
  #over = false;

  constructor(options: RestorationOptions) {
    this.#options = options;
    // What fails is tried again.
    this.#timer = setInterval(() => void this.check().catch(() => {}), interval).unref();
  }

  /** Resolves when processes can connect. Rejects with what the system says of the folder. */
  async check(): Promise<void> {
    const { directory } = this.#options;
    if (this.#over) return;
    if (this.#restoring === undefined && directory.complete() && this.#hasAll) return;
    await (this.#restoring ??= this.#restore().finally(() => (this.#restoring = undefined)));
  }

  /** Before the host removes its socket itself. Resolves when nothing is being made any more. */
  async end(): Promise<void> {
    this.#over = true;
    clearInterval(this.#timer);
    await this.#restoring?.catch(() => {}); // the host ends, with a folder or without
  }

  /** A cleaner takes what is old, and leaves what is not. */
  get #hasAll(): boolean {
    const isThere = (path: string | undefined): boolean => path === undefined || existsSync(path);
    // A pipe of Windows is no file.
    const isSocket = (path: string | undefined): boolean => process.platform === 'win32' || isThere(path);
    return this.#open.every(({ path, folder }) => isThere(folder) && isSocket(path));
  }

  /** A hub that closes removes its socket itself, and its host may go on: something is connected to a server of it. */
  get #open(): ReturnType<RestorationOptions['sockets']> {
    return this.#options.sockets().filter(({ hub }) => !hub.isClosed);
  }

  async #restore(): Promise<void> {
    const { directory, children } = this.#options;
    directory.restore();
    children.restore();
    for (const { hub, path, folder } of this.#open) {
      if (folder !== undefined) mkdirSync(folder, { mode: 0o700, recursive: true });
      hub.sharedWorkers.listenAgain();
      if (path !== undefined) await hub.listenAgain(path);
    }
    process.stderr.write(
      `carpool: ${directory.folder}, or a part of it, had been removed while the host was running; it was made again\n`,
    );
  }
}
