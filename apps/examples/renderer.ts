/**
 * Which renderer the examples run on: the real plushie-renderer if this machine has one, else the stand-in of this
 * repository. `CARPOOL_RENDERER` decides: a path, or `stand-in`.
 */
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const { env, execPath } = process;
const name = process.platform === 'win32' ? 'plushie-renderer.exe' : 'plushie-renderer';

const places = [
  env['CARPOOL_RENDERER'],
  env['PLUSHIE_BINARY_PATH'],
  ...(env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)),
  // Where `scripts/install-renderer.mjs` puts it.
  join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'carpool/plushie-renderer-0.7.1/bin', name),
];

const standIn = env['CARPOOL_RENDERER'] === 'stand-in';
const found = standIn ? undefined : places.find((path) => path !== undefined && isExecutable(path));

export const kind: 'real' | 'stand-in' = found === undefined ? 'stand-in' : 'real';
export const rendererPath: string = found ?? execPath;
export const rendererArgs: readonly string[] =
  found === undefined ? [join(import.meta.dirname, 'stand-in/renderer.ts')] : [];
/** The stand-in draws nothing. */
export const mode: 'headless' | 'mock' = found === undefined ? 'mock' : 'headless';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
