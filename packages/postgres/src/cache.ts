/**
 * Clusters that are kept between runs, a tar file for each digest of what went into it. Several runs may use it at once: a
 * file appears by one rename, whole, and one that is removed while it is read is read to its end.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { SchemaPlan } from './plan.ts';

/** A cluster as initdb leaves it, or one with the template in it. */
export type CachedCluster = 'cluster' | 'template';

/** An empty cluster takes 30 MB, one with a template 40 MB and more. */
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

  /** Unpacks the best that there is to `data`. @returns what it was; `undefined`: there is none, and no `data` */
  async take(plan: SchemaPlan, data: string): Promise<CachedCluster | undefined> {
    for (const [what, path] of this.#paths(plan)) {
      if (!existsSync(path)) continue;
      try {
        // It was used now.
        await utimes(path, new Date(), new Date());
        await unpack(path, data);
        return what;
      } catch (thrown) {
        await rm(data, { recursive: true, force: true });
        // Another run has removed it meanwhile; if not, it is of no use, and goes.
        if (!existsSync(path)) continue;
        console.warn(
          `@carpool/postgres: ${path} could not be used, and is made again: ${(thrown as Error).message.trim()}`,
        );
        await rm(path, { force: true });
      }
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
      await pack(data, making);
      await rename(making, path);
    } finally {
      await rm(making, { force: true });
    }
    await this.#evict();
  }

  /** The best first. */
  #paths({ templateDigest, clusterDigest }: SchemaPlan): [CachedCluster, string][] {
    const template = templateDigest === undefined ? undefined : join(this.#folder, `template-${templateDigest}.tar`);
    const cluster = join(this.#folder, `cluster-${clusterDigest}.tar`);
    return [
      ...(template === undefined ? [] : [['template', template] satisfies [CachedCluster, string]]),
      ['cluster', cluster],
    ];
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
    const old = all
      .filter(({ name }) => isWhole(name))
      .toSorted((a, b) => b.used - a.used)
      .slice(mostClusters);
    for (const { path } of old) await rm(path, { force: true });
    const before = Date.now() - abandonedAfter;
    for (const { name, path, used } of all)
      if (name.startsWith('making-') && used < before) await rm(path, { force: true });
  }
}

/** What belongs to the server that runs on it. */
const ofOneServer = ['./postmaster.pid', './postmaster.opts'];

const run = promisify(execFile);

/** One file for some 1,000: it is written in a tenth of the time, and whole or not at all. */
async function pack(folder: string, to: string): Promise<void> {
  await run('tar', ['-cf', to, ...ofOneServer.map((name) => `--exclude=${name}`), '-C', folder, '.']);
}

async function unpack(file: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  await run('tar', ['-xf', file, '-C', to]);
}

function defaultFolder(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) return join(folder, 'node_modules/.cache/carpool-postgres');
    if (dirname(folder) === folder) break;
  }
  const base =
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
  return join(base, 'carpool-postgres');
}
