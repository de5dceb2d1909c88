/**
 * Values of `once` that outlive a run: a file for each key and inputs, whose name says when it was made and when it
 * expires. It appears whole or not at all.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { dateNow as now } from '../../base/natives.ts';
import { messageOf } from '../../base/thrown.ts';
import { revive } from '../../realm/structured-clone.ts';
import { bytesOf } from './value-bytes.ts';

/** Raised when the files change their meaning. */
const layout = 2;

/** How long a value of `once` is kept for later runs, and what makes it out of date. */
export interface KeepOptions {
  /** What the value was made from, cloneable: with other inputs it is computed again. Default: nothing. */
  readonly inputs?: readonly unknown[];
  /** Milliseconds after which it is computed again. */
  readonly maxAge: number;
}

/** A value, and whether later calls find it in the folder. */
export interface Kept {
  readonly bytes: Uint8Array;
  readonly kept: boolean;
}

/** The value of an earlier run if it is young enough, else a new one, which is kept. */
export async function kept(
  { key, keep, machine }: { readonly key: string; readonly keep: KeepOptions; readonly machine: boolean },
  compute: () => Promise<Uint8Array>,
): Promise<Kept> {
  const folder = machine ? machineCacheFolder() : cacheFolder(process.cwd());
  // For its user alone, and so are folders for caches, as the convention for them says.
  if (machine) await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => {});
  const name = nameOf(key, keep.inputs ?? []);
  const found = await young(folder, name, keep.maxAge);
  if (found !== undefined) return { bytes: found, kept: true };
  const bytes = await compute();
  try {
    await write(folder, name, keep.maxAge, bytes);
    return { bytes, kept: true };
  } catch (thrown) {
    warnOnce(folder, { key, machine, thrown });
    return { bytes, kept: false };
  }
}

/** Folders that could not be written to. */
const warned = new Set<string>();

interface NotKept {
  readonly key: string;
  readonly machine: boolean;
  readonly thrown: unknown;
}

/** A folder that cannot be written to only costs time. */
function warnOnce(folder: string, { key, machine, thrown }: NotKept): void {
  if (warned.has(folder)) return;
  warned.add(folder);
  const then = machine ? 'the host of this machine has it until it ends' : 'the next run computes it again';
  const message = `the value ${JSON.stringify(key)} of \`once\` cannot be kept in ${folder}, so ${then}: ${messageOf(thrown)}`;
  process.emitWarning(message, 'CarpoolWarning');
}

/** In the project: the nearest folder with a package.json, or this one. */
export function cacheFolder(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, 'package.json'))) {
    if (dirname(folder) === folder) return cacheIn(from);
    folder = dirname(folder);
  }
  return cacheIn(folder);
}

/** Of all projects of this user. */
function machineCacheFolder(): string {
  const { env, platform } = process;
  const given = platform === 'win32' ? env['LOCALAPPDATA'] : env['XDG_CACHE_HOME'];
  const usual = platform === 'darwin' ? ['Library', 'Caches'] : ['.cache'];
  const base = given !== undefined && isAbsolute(given) ? given : join(homedir(), ...usual);
  return join(base, 'carpool', 'once');
}

/** A key for others that wait for the same: with the inputs, if there are any. */
export function nameWith(key: string, { inputs = [] }: KeepOptions): string {
  return inputs.length === 0 ? key : `${key}, from inputs ${nameOf(key, inputs).slice(0, 8)}`;
}

function cacheIn(project: string): string {
  return join(project, 'node_modules', '.cache', 'carpool', 'once');
}

function nameOf(key: string, inputs: readonly unknown[]): string {
  const [major = ''] = process.versions.v8.split('.');
  const hash = createHash('sha256').update(`${layout} ${major} ${key.length} ${key}`);
  return hash.update(bytesOf(inputs, '`inputs`')).digest('hex');
}

/** NAME.MADE.UNTIL */
interface KeptFile {
  readonly file: string;
  readonly name: string;
  readonly made: number;
  readonly until: number;
}

async function list(folder: string): Promise<KeptFile[]> {
  const files = await readdir(folder).catch((): string[] => []);
  return files.flatMap((file) => {
    const [, name = '', made, until] = /^([0-9a-f]{64})\.(\d+)\.(\d+)$/.exec(file) ?? [];
    return name === '' ? [] : [{ file: join(folder, file), name, made: Number(made), until: Number(until) }];
  });
}

async function young(folder: string, name: string, maxAge: number): Promise<Uint8Array | undefined> {
  // A time in the future comes from a clock that was wrong: `write` removes the file.
  const made = (await list(folder)).filter((one) => one.name === name && one.made <= now());
  const [newest] = made.sort((a, b) => b.made - a.made);
  if (newest === undefined || newest.made + maxAge <= now()) return undefined;
  try {
    const bytes = await readFile(newest.file);
    revive(bytes); // throws if the file is damaged
    return bytes;
  } catch {
    return undefined;
  }
}

async function write(folder: string, name: string, maxAge: number, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  const made = now();
  const until = Math.min(Math.ceil(made + maxAge), Number.MAX_SAFE_INTEGER);
  // First, so that they go also where there is no room to write.
  await removePartial(folder, made);
  const partial = join(folder, `${randomUUID()}${partialEnding}`);
  try {
    await writeFile(partial, bytes);
    await rename(partial, join(folder, `${name}.${made}.${until}`));
  } catch (thrown) {
    await rm(partial, { force: true });
    throw thrown;
  }
  const old = (await list(folder)).filter((one) => one.until < made || (one.name === name && one.made !== made));
  await Promise.all(old.map(({ file }) => rm(file, { force: true })));
}

const partialEnding = '.partial';
/** Milliseconds after which no process still writes such a file: the one that did was killed. */
const abandonedAfter = 60 * 60 * 1000;

async function removePartial(folder: string, at: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(partialEnding)) continue;
    const file = join(folder, name);
    const stats = await stat(file).catch(() => undefined); // another process has removed it
    if (stats !== undefined && Math.abs(at - stats.mtimeMs) > abandonedAfter) await rm(file, { force: true });
  }
}
