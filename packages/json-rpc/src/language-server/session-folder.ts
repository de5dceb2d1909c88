/**
 * The folder of a session on disk: links to what is in `root`, so that a server finds configuration, packages and the
 * files that documents import. A folder becomes real, with links in it, when the session opens a document there that is
 * in no file, or has another text than its file in `root`; such a document gets a file, because servers look for imported
 * files and schemas on disk.
 */
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { CarpoolError } from 'carpool/protocol';

/** They hold nothing that documents import, and much else. */
const leftOut = ['.git', '.hg', '.svn'];

/** @throws CarpoolError SESSION_FAILED if it cannot be made */
export function sessionFolder(root: string, folder: string, sessions?: string): SessionFolder {
  try {
    return new SessionFolder(root, folder, sessions);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const remedy = "name another place below `root` as `sessionFolder`, or do without: `folders: 'virtual'`";
    throw new CarpoolError('SESSION_FAILED', `Cannot make the folder of a session, ${folder}: ${why}; ${remedy}`, {
      blame: 'setup',
      cause,
      context: { folder },
    });
  }
}

/** What a session has on disk. Its calls throw what Node throws. */
export class SessionFolder {
  readonly #root: string;
  readonly #folder: string;
  readonly #leftOut: ReadonlySet<string>;
  /** Files of documents, by their path below `root`. */
  readonly #files = new Set<string>();

  /** @param sessions Of `root`, the folder in which those of sessions are: not to be linked, or there would be no end */
  constructor(root: string, folder: string, sessions?: string) {
    this.#root = root;
    this.#leftOut = new Set([...leftOut, ...(sessions === undefined ? [] : [sessions])]);
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#link('');
  }

  /** Before a document is opened. @returns what happened to its file; undefined: the file holds this text already */
  opened(below: string, text: string): 'created' | 'changed' | undefined {
    const path = join(this.#folder, below);
    const there = statSync(path, { throwIfNoEntry: false });
    if (there !== undefined && (!there.isFile() || readFileSync(path, 'utf8') === text)) return undefined;
    const parts = below.split(sep);
    for (let length = 1; length < parts.length; length++) this.#makeReal(parts.slice(0, length).join(sep));
    // Without the link, or the text would go into the file of `root`.
    rmSync(path, { force: true });
    writeFileSync(path, text);
    this.#files.add(below);
    return there === undefined ? 'created' : 'changed';
  }

  /** A document was closed. @returns what happened to its file: it is gone, or that of `root` again; undefined: nothing */
  closed(below: string): 'deleted' | 'changed' | undefined {
    if (!this.#files.delete(below)) return undefined;
    const path = join(this.#folder, below);
    rmSync(path, { force: true });
    link(join(this.#root, below), path);
    return lstatSync(path, { throwIfNoEntry: false }) === undefined ? 'deleted' : 'changed';
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #makeReal(below: string): void {
    const path = join(this.#folder, below);
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) return;
    if (there !== undefined) unlinkSync(path);
    mkdirSync(path);
    this.#link(below);
  }

  #link(below: string): void {
    const from = join(this.#root, below);
    if (statSync(from, { throwIfNoEntry: false })?.isDirectory() !== true) return;
    for (const { name } of readdirSync(from, { withFileTypes: true })) {
      if (!this.#leftOut.has(name)) link(join(from, name), join(this.#folder, below, name));
    }
  }
}

function link(target: string, path: string): void {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats === undefined) return; // a link to nothing
  if (stats.isDirectory()) {
    symlinkSync(target, path, 'junction');
    return;
  }
  try {
    symlinkSync(target, path, 'file');
  } catch (thrown) {
    // Windows lets few users make links to files.
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') throw thrown;
    copyFileSync(target, path);
  }
}
