/**
 * Clusters that are kept between runs, a folder for each digest of what went into it. Several runs may use it at once: a
 * cluster appears by one rename, whole, and goes by one. What was renamed away while it was copied is not used.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { SchemaPlan } from './plan.ts';

/** A cluster as initdb leaves it, or one with the template in it. */
export type CachedCluster = 'cluster' | 'template';

/** Each takes some 25 MiB. */
const mostClusters = 6;
/** Milliseconds after which what a killed run has left half made is removed. */
const abandonedAfter = 3_600_000;

export interface CacheOptions {
  /** Default: `node_modules/.cache/carpool-postgres` of the project, else the user's cache folder. */
  readonly folder: string | undefined;
  readonly cwd: string;
}

export class ClusterCache {
  readonly #folder: string;

  constructor({ folder, cwd }: CacheOptions) {
    this.#folder = folder === undefined ? defaultFolder(cwd) : resolve(cwd, folder);
  }

  /** Copies the best that there is to `data`. @returns what it was; `undefined`: there is none, and no `data` */
  async take(plan: SchemaPlan, data: string): Promise<CachedCluster | undefined> {
    for (const [what, path] of this.#paths(plan)) {
      if (await copied(path, data)) return what;
      await rm(data, { recursive: true, force: true });
    }
    return undefined;
  }

  /** Keeps what is in `data`, and removes what was not used for the longest time. */
  async keep(plan: SchemaPlan, { data, what }: { readonly data: string; readonly what: CachedCluster }): Promise<void> {
    const path = this.#paths(plan).find(([kind]) => kind === what)?.[1];
    if (path === undefined || existsSync(path)) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const making = this.#temporary();
    try {
      await copy(data, making);
      for (const name of ofOneServer) await rm(join(making, name), { force: true });
      // It fails where another run was faster: that one is as good.
      await rename(making, path).catch((thrown: NodeJS.ErrnoException) => {
        if (thrown.code !== 'ENOTEMPTY' && thrown.code !== 'EEXIST') throw thrown;
      });
    } finally {
      await rm(making, { recursive: true, force: true });
    }
    await this.#evict();
  }

  /** The best first. */
  #paths({ templateDigest, clusterDigest }: SchemaPlan): [CachedCluster, string][] {
    const template = templateDigest === undefined ? undefined : join(this.#folder, `template-${templateDigest}`);
    const cluster = join(this.#folder, `cluster-${clusterDigest}`);
    return [...(template === undefined ? [] : [['template', template] satisfies [CachedCluster, string]]), ['cluster', cluster]];
  }

  #temporary(): string {
    return join(this.#folder, `making-${randomBytes(6).toString('hex')}`);
  }

  async #evict(): Promise<void> {
    const names = await readdir(this.#folder);
    const all = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name);
        // Another run may remove it meanwhile.
        const facts = await stat(path).catch(() => undefined);
        return { name, path, used: facts?.mtimeMs ?? 0 };
      }),
    );
    const isWhole = (name: string): boolean => /^(?:cluster|template)-/.test(name);
    const old = all.filter(({ name }) => isWhole(name)).toSorted((a, b) => b.used - a.used).slice(mostClusters);
    for (const { path } of old) {
      const leaving = this.#temporary();
      const moved = await rename(path, leaving).then(() => true, () => false);
      if (moved) await rm(leaving, { recursive: true, force: true });
    }
    const before = Date.now() - abandonedAfter;
    for (const { name, path, used } of all)
      if (name.startsWith('making-') && used < before) await rm(path, { recursive: true, force: true });
  }
}

/** What belongs to the server that runs on it. */
const ofOneServer = ['postmaster.pid', 'postmaster.opts'];

/** @returns whether all of it was there from the beginning to the end */
async function copied(from: string, to: string): Promise<boolean> {
  const before = await stat(from).catch(() => undefined);
  if (before === undefined) return false;
  // It was used now; and if it cannot be marked, it is used all the same.
  await utimes(from, new Date(), new Date()).catch(() => {});
  try {
    await copy(from, to);
  } catch (thrown) {
    if (existsSync(from)) throw thrown;
    return false;
  }
  const after = await stat(from).catch(() => undefined);
  return after !== undefined && after.ino === before.ino;
}

/** Some 1,000 files: `cp` takes a fifth of the time that Node does. */
async function copy(from: string, to: string): Promise<void> {
  if (process.platform === 'win32') await cp(from, to, { recursive: true });
  else await promisify(execFile)('cp', ['-R', from, to]);
}

function defaultFolder(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) return join(folder, 'node_modules/.cache/carpool-postgres');
    if (dirname(folder) === folder) break;
  }
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
  return join(base, 'carpool-postgres');
}
