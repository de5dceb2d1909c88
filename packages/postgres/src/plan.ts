/** What goes into the template: files, read; and a digest of all of it. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { Binaries } from './locate.ts';
import { schemaParts } from './schema-parts.ts';
import type { PostgresSchema, SchemaFunction, SchemaPart } from './types.ts';

/** SQL, with what errors call it. */
export interface SqlSource {
  readonly name: string;
  readonly sql: string;
}

export interface SchemaPlan {
  readonly extensions: readonly string[];
  readonly parts: readonly (SqlSource | SchemaFunction)[];
  /** Of an empty cluster. */
  readonly clusterDigest: string;
  /** Of a cluster with the template; `undefined` where a function makes a part of it. */
  readonly templateDigest: string | undefined;
  /** Why the parts could not be read: no server is started for it. */
  readonly failure: Error | undefined;
}

export interface Planning {
  readonly schema: PostgresSchema | undefined;
  readonly extensions: readonly string[];
  readonly cwd: string;
  readonly binaries: Binaries;
}

/** Changes when what this package puts into a cluster does. */
const format = 1;

export async function planSchema({ schema, extensions, cwd, binaries }: Planning): Promise<SchemaPlan> {
  const { size, mtimeMs } = await stat(binaries.postgres);
  const clusterDigest = digest([format, binaries.version, binaries.postgres, size, mtimeMs, process.arch]);
  const parts = await readParts(schema, cwd);
  if (parts instanceof Error)
    return { extensions, parts: [], clusterDigest, templateDigest: undefined, failure: parts };
  const texts = parts.filter((part) => typeof part !== 'function');
  const templateDigest = texts.length < parts.length ? undefined : digest([clusterDigest, extensions, texts]);
  return { extensions, parts, clusterDigest, templateDigest, failure: undefined };
}

/** What the files of `schema` hold; or why they cannot be read. */
export async function readParts(
  schema: PostgresSchema | undefined,
  cwd: string,
): Promise<(SqlSource | SchemaFunction)[] | Error> {
  try {
    return (await Promise.all(schemaParts(schema).map((part) => sourcesOf(part, cwd)))).flat();
  } catch (thrown) {
    return thrown as Error;
  }
}

async function sourcesOf(part: SchemaPart, cwd: string): Promise<(SqlSource | SchemaFunction)[]> {
  if (typeof part === 'function') return [part];
  if (typeof part === 'object' && 'sql' in part) return [{ name: '`sql` of the option `schema`', sql: part.sql }];
  const pattern = part instanceof URL ? fileURLToPath(part) : part;
  // A path may look like a glob: [id].sql.
  const exact = resolve(cwd, pattern);
  const isFile = await stat(exact).then(
    (it) => it.isFile(),
    () => false,
  );
  const paths = isFile || !isDynamicPattern(pattern) ? [exact] : await found(pattern, cwd);
  return await Promise.all(paths.map(async (path) => ({ name: shown(path, cwd), sql: await text(path, cwd) })));
}

async function found(pattern: string, cwd: string): Promise<string[]> {
  const paths = await glob(pattern, { cwd, absolute: true, ignore: ['**/node_modules/**'] });
  if (paths.length === 0) throw new Error(`\`schema\` of the config: no file matches ${pattern} in ${cwd}`);
  return paths.toSorted();
}

async function text(path: string, cwd: string): Promise<string> {
  return await readFile(path, 'utf8').catch((thrown: Error) => {
    throw new Error(`\`schema\` of the config: cannot read ${shown(path, cwd)} in ${cwd}: ${thrown.message}`, {
      cause: thrown,
    });
  });
}

/** As users know it. */
function shown(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  return inside.startsWith(`..${sep}..`) || isAbsolute(inside) ? path : join(inside);
}

export function digest(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}
