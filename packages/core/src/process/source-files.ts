/**
 * What a child was started from: its executable, the files among its arguments, and what its config watches. A child
 * whose files have changed runs old code.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint, sameFingerprint, statOf, type Fingerprint, type WatchedFiles } from './files.ts';

/** Which files of a child are watched: those that it is started with, and these, globs; or none. */
export type Watch = boolean | readonly string[];

export interface SourcesOf {
  /** The executable. */
  readonly file: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly watch: Watch;
  /** Absolute: the globs are relative to it. Default: `cwd`. */
  readonly watchFolder?: string | undefined;
}

export class SourceFiles {
  readonly #of: SourcesOf;
  /** The executable and the arguments. */
  readonly #started: ReadonlyMap<string, Fingerprint | undefined>;
  /** What the globs found. */
  readonly #matched: ReadonlyMap<string, Fingerprint | undefined>;

  private constructor(of: SourcesOf, matched: readonly string[]) {
    this.#of = of;
    this.#started = fingerprints(of.watch === false ? [] : [of.file, ...filesIn(of.args, of.cwd)]);
    this.#matched = fingerprints(matched);
  }

  /** Taken before the start, so that an edit during the start counts as a change. */
  static async of(of: SourcesOf): Promise<SourceFiles> {
    return new SourceFiles(of, await expand(of));
  }

  /** The executable, or a file among the arguments, is another one. Costs a `stat` for each. */
  changed(): boolean {
    return differ(this.#started);
  }

  /** As `changed`, and for what the globs find now, too: this reads folders. */
  async changedAnywhere(): Promise<boolean> {
    if (this.changed() || differ(this.#matched)) return true;
    if (this.#globs.length === 0) return false;
    const now = await expand(this.#of);
    return now.length !== this.#matched.size || now.some((file) => !this.#matched.has(file));
  }

  get watched(): WatchedFiles {
    const files = [...new Set([...this.#started.keys(), ...this.#matched.keys()])];
    const { cwd, watchFolder = cwd } = this.#of;
    return { files, globs: this.#globs.filter(isPositive).map((glob) => absoluteGlob(glob, watchFolder)) };
  }

  get #globs(): readonly string[] {
    return globsOf(this.#of.watch);
  }
}

function globsOf(watch: Watch): readonly string[] {
  return typeof watch === 'boolean' ? [] : watch;
}

async function expand({ cwd, watch, watchFolder = cwd }: SourcesOf): Promise<readonly string[]> {
  const globs = globsOf(watch);
  if (globs.length === 0) return [];
  // Loaded by a pool that has globs.
  const { glob } = await import('tinyglobby');
  return await glob(globs, {
    cwd: watchFolder,
    absolute: true,
    dot: true,
    ignore: ['**/node_modules/**', '**/.git/**'],
  });
}

/** `--import=./x.mjs` and `file:` URLs are files too. */
function filesIn(args: readonly string[], cwd: string): string[] {
  const candidates = args.flatMap((arg) => [arg, ...(/^--?[\w-]+=(.+)$/s.exec(arg)?.slice(1) ?? [])]);
  const paths = candidates.flatMap((candidate) => pathOf(candidate, cwd) ?? []);
  return paths.filter((path) => statOf(path)?.isFile() === true);
}

function pathOf(candidate: string, cwd: string): string | undefined {
  if (!candidate.startsWith('file:')) return resolve(cwd, candidate);
  try {
    return fileURLToPath(candidate);
  } catch {
    return undefined; // it looks like a URL, and is none
  }
}

function fingerprints(files: readonly string[]): Map<string, Fingerprint | undefined> {
  return new Map(files.map((file) => [file, fingerprint(file)]));
}

function differ(files: ReadonlyMap<string, Fingerprint | undefined>): boolean {
  return [...files].some(([file, then]) => !sameFingerprint(fingerprint(file), then));
}

const isPositive = (glob: string): boolean => !glob.startsWith('!');

/** A glob has slashes on every system, and the folder's own special characters stand for themselves. */
function absoluteGlob(glob: string, base: string): string {
  if (resolve(glob) === glob) return glob;
  const folder = base.replaceAll('\\', '/').replaceAll(/[!()*+?@[\]{}]/g, String.raw`\$&`);
  return `${folder}/${glob.replace(/^\.\//, '')}`;
}
