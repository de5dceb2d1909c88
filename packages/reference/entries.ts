/** The public entries of all packages, as their `exports` name them, each with the source it is built from. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Entry {
  /** What users import: `carpool/coordination`. */
  readonly name: string;
  /** The name of its package. */
  readonly package: string;
  /** The absolute path of its source. */
  readonly source: string;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
}

type EntryTable = Readonly<Record<string, string>>;

/** Packages are in the order of their folders, `carpool` first; entries in the order of `exports`. */
export async function publicEntries(root: string): Promise<Entry[]> {
  const manifests = globSync('packages/*/package.json', { cwd: root }).toSorted();
  const packages = await Promise.all(manifests.map((path) => entriesOf(join(root, path))));
  return packages.flat().toSorted((one, other) => Number(isCore(other)) - Number(isCore(one)));
}

function isCore(entry: Entry): boolean {
  return entry.package === 'carpool';
}

async function entriesOf(path: string): Promise<Entry[]> {
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  if (manifest.private === true) return [];
  const folder = dirname(path);
  const sources = await builtFrom(folder);
  const entries: Entry[] = [];
  for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
    const types = typesOf(target);
    if (types === undefined) continue;
    const file = types.replace(/^\.\/dist\//, '').replace(/\.d\.[cm]?ts$/, '');
    const source = sources[file];
    if (source === undefined) throw new Error(`${manifest.name}: no entry of tsdown.config.ts builds ${types}`);
    // One source under two names is one page, under the first of them.
    if (entries.some((entry) => entry.source === join(folder, source))) continue;
    entries.push({ name: manifest.name + subpath.slice(1), package: manifest.name, source: join(folder, source) });
  }
  return entries;
}

/** The first declaration file that the conditions of an export name. */
function typesOf(target: unknown): string | undefined {
  if (typeof target !== 'object' || target === null) return undefined;
  for (const [condition, value] of Object.entries(target)) {
    if (condition === 'types' && typeof value === 'string') return value;
    const nested = typesOf(value);
    if (nested !== undefined) return nested;
  }
  return undefined;
}

/** What the build of a package makes of which source: `{ coordination: 'src/entry/coordination.ts' }`. */
async function builtFrom(folder: string): Promise<EntryTable> {
  const path = join(folder, 'tsdown.config.ts');
  if (!existsSync(path)) throw new Error(`${folder} is public and has no tsdown.config.ts`);
  const loaded = (await import(pathToFileURL(path).href)) as {
    default: { entry?: EntryTable } | { entry?: EntryTable }[];
  };
  const configs = [loaded.default].flat();
  return Object.assign({}, ...configs.map(({ entry }) => entry ?? {})) as EntryTable;
}
