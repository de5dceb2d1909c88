/**
 * The private temporary folder of one child: for its socket, its database, its cache. Made when something asks for it, and
 * removed when the child and all that it started are gone, however that came about: by `remove`, when this process exits,
 * and, if this process was killed, by the next host, which finds the folder in that of the host or by its record.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../base/thrown.ts';
import { removeIfAllowed } from './files.ts';
import type { PidFiles } from './pid-files.ts';
import { removeAtExit } from './reaper.ts';

export interface TempFolderOptions {
  /** Folders in which it may be; the first that allows it. Default: the private folder of the host, or the system's. */
  readonly bases?: readonly string[] | undefined;
  /** A private folder, which its owner removes at its end: there it needs no record. */
  readonly private?: string | undefined;
  /** Where it is recorded, elsewhere. */
  readonly records?: PidFiles | undefined;
}

/** The names of all folders that are outside a private one. The rest is random. */
const prefix = 'carpool-child-';

/** Whether a record can name such a folder. The rest of its path is not looked at. */
export function isTempFolderName(name: string): boolean {
  return name.startsWith(prefix) && /^[0-9a-f]{12}$/.test(name.slice(prefix.length));
}

export class TempFolder {
  readonly #options: TempFolderOptions;
  #path: string | undefined;
  #forget: (() => void) | undefined;
  #over = false;

  constructor(options: TempFolderOptions = {}) {
    this.#options = options;
  }

  /** Makes it, the first time. @throws Error with a sentence that names each folder that was tried, or that it is over */
  get path(): string {
    if (this.#over) throw new Error('its temporary folder has been removed, because its process has ended');
    return (this.#path ??= this.#make());
  }

  /** Where it is, if it was made. */
  get made(): string | undefined {
    return this.#path;
  }

  /** Removes it, if it was made. Rejects with what the system says. */
  async remove(): Promise<void> {
    const path = this.#path;
    // What still runs for the child must not make it anew.
    this.#over = true;
    if (path === undefined) return;
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
    this.#forget?.();
    this.#path = undefined;
  }

  #make(): string {
    const { bases, private: own, records } = this.#options;
    // Short, because the path of a socket has little room.
    const inOwn = own === undefined || bases !== undefined ? undefined : join(own, `t${random(4)}`);
    const paths = inOwn === undefined ? (bases ?? [tmpdir()]).map((base) => join(base, prefix + random(6))) : [inOwn];
    const failures: string[] = [];
    for (const path of paths) {
      const record = inOwn === undefined ? records : undefined;
      try {
        // First the record: a process that is killed in between leaves a record without a folder, and not the reverse.
        const forget = record?.addFolder(path);
        mkdirSync(path, { mode: 0o700 });
        const unwatch = removeAtExit(path);
        this.#forget = () => {
          unwatch();
          forget?.();
        };
        return path;
      } catch (thrown) {
        record?.removeFolder(path);
        failures.push(messageOf(thrown));
      }
    }
    throw new Error(`no temporary folder could be made for it: ${failures.join('; ')}`);
  }
}

/** For a sweep. @returns whether it is gone */
export function removeTempFolder(path: string): boolean {
  return removeIfAllowed(path, { recursive: true, maxRetries: 3 });
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
