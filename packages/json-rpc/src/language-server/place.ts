/**
 * Where the documents of sessions are for the server. A session writes `ROOT/src/a.ts`; the server reads
 * `ROOT/node_modules/.carpool/RUN/s1/src/a.ts`. So two sessions may open the same name, and what a server looks for in the
 * folders above a document, configuration and packages, is found where it is for the session: below `root`.
 *
 * `node_modules`, because runners, watchers, git and most servers look for nothing there.
 */
import { realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CarpoolError } from 'carpool/protocol';

/** Where the folders of all runs are, below `root`, by default. */
export const defaultSessionFolder = 'node_modules/.carpool';

/** The name of the folder of one process, of the process that started it, and of this machine. */
export interface FolderName {
  readonly host: string;
  readonly pid: number;
}

const host = hostname().replaceAll(/[^A-Za-z0-9]/g, '') || 'host';
let made = 0;

/** A name that no other process on this machine has. */
export function freshName(): string {
  return `${host}_${process.pid}_${++made}`;
}

/** The process that has made such a folder on this machine; undefined: it is of another machine, or not one of them. */
export function makerOf(name: string): number | undefined {
  const [, of, pid] = /^([A-Za-z0-9]+)_(\d+)_\d+$/.exec(name) ?? [];
  return of === host ? Number(pid) : undefined;
}

/** The root folder, and the folders of sessions below it. */
export class Place {
  readonly root: string;
  /** `root` without symbolic links, as servers see it. */
  readonly real: string;
  /** The folder of this process, below `root`. */
  readonly name: string;
  /** Where it is, with `/`. */
  readonly base: string;
  readonly #sessions: RegExp;

  /**
   * @param base Where the folders of all runs are, below `root`.
   * @throws CarpoolError CONFIG_INVALID if there is no such folder, or `base` is outside of it
   */
  constructor(root: string, base: string = defaultSessionFolder) {
    this.root = resolve(root);
    this.real = realOf(this.root);
    this.name = freshName();
    this.base = below(this.real, join(this.real, base))?.replaceAll(sep, '/') ?? '';
    if (this.base === '') throw wrongBase(base);
    const above = this.base.split('/').map((part) => part.replaceAll(/[^\w-]/g, '\\$&'));
    const separator = String.raw`[/\\]`;
    const folders = [...above, this.name].join(separator);
    this.#sessions = new RegExp(`(${separator}?)${folders}${separator}(s\\d+)-(${separator}?)`, 'g');
  }

  get uri(): string {
    return pathToFileURL(this.root).href;
  }

  get realUri(): string {
    return pathToFileURL(this.real).href;
  }

  /** What all folders of sessions have in their path, and no other folder. */
  get mark(): string {
    return this.name;
  }

  /** Of this process. */
  get folder(): string {
    return join(this.real, this.base, this.name);
  }

  /** What of `root` is not linked into the folders of sessions. Packages are, and servers look for no documents there. */
  get leftOut(): string | undefined {
    const [first] = this.base.split('/');
    return first === 'node_modules' ? undefined : first;
  }

  /** Of a session. The dash ends the number. */
  folderOf(session: string): string {
    return join(this.folder, `${session}-`);
  }

  /** The path below `root` that a URI names; undefined: it names no file, or one that is elsewhere. */
  within(uri: string): string | undefined {
    const path = pathIn(uri);
    if (path === undefined) return undefined;
    return below(this.root, path) ?? below(this.real, path);
  }

  /** A path below `root` as the server sees it. */
  uriOf(session: string, below: string): string {
    return pathToFileURL(join(this.folderOf(session), below)).href;
  }

  /** The URI of a document that is no file: `untitled:Untitled-1`. */
  otherUriOf(session: string, uri: string): string {
    const colon = uri.indexOf(':') + 1;
    return `${uri.slice(0, colon)}/${this.base}/${this.name}/${session}-/${uri.slice(colon)}`;
  }

  /** The sessions whose folders are named in a text. */
  sessionsIn(text: string): Set<string> {
    return new Set([...text.matchAll(this.#sessions)].map(([, , session = '']) => session));
  }

  /** A text of the server, as the session would write it. */
  withoutFolders(text: string): string {
    if (!text.includes(this.name)) return text;
    // What stands there without a separator before it is a path from `root`.
    return text.replaceAll(this.#sessions, (_, before: string, _session: string, after: string) =>
      before === '' ? '' : after,
    );
  }
}

/** The path from a folder to what is in it; undefined: it is elsewhere. */
function below(folder: string, path: string): string | undefined {
  const found = relative(folder, path);
  return found === '..' || found.startsWith(`..${sep}`) || isAbsolute(found) ? undefined : found;
}

function wrongBase(base: string): CarpoolError {
  const message = `Cannot start the language server: found \`sessionFolder\` ${JSON.stringify(base)}; allowed: a path below \`root\``;
  return new CarpoolError('CONFIG_INVALID', message, { context: { found: base } });
}

function realOf(root: string): string {
  try {
    return realpathSync(root);
  } catch (cause) {
    throw new CarpoolError(
      'CONFIG_INVALID',
      `Cannot start the language server: there is no folder ${root}, which is its \`root\``,
      {
        cause,
        context: { root },
      },
    );
  }
}

/** The path of a `file:` URI; undefined: it names no file of this machine. */
export function pathIn(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined; // a file of another machine, or no URI at all: for the server to judge
  }
}
