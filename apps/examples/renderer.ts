/**
 * Which renderer the examples run on: the real plushie-renderer if this machine has one, else the stand-in of
 * `@carpool/plushie`. `CARPOOL_RENDERER` decides: a path, or `stand-in`.
 */
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { standIn } from '@carpool/plushie/stand-in';

const { env } = process;
const name = process.platform === 'win32' ? 'plushie-renderer.exe' : 'plushie-renderer';

const places = [
  env['CARPOOL_RENDERER'],
  env['PLUSHIE_BINARY_PATH'],
  ...(env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)),
  // Where `scripts/install-renderer.mjs` puts it.
  join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'carpool/plushie-renderer-0.7.1/bin', name),
];

const wantsStandIn = env['CARPOOL_RENDERER'] === 'stand-in';
const found = wantsStandIn ? undefined : places.find((path) => path !== undefined && isExecutable(path));

export const kind: 'real' | 'stand-in' = found === undefined ? 'stand-in' : 'real';

const command = found === undefined ? [standIn.rendererPath, ...standIn.rendererArgs] : [found];
/** Seconds before the renderer starts: the demo measures what a slow start would change. */
const delay = env['CARPOOL_EXAMPLES_DELAY'];
const delayed = delay === undefined ? command : ['sh', '-c', 'sleep "$0"; exec "$@"', delay, ...command];

export const [rendererPath = '', ...rendererArgs]: readonly string[] = delayed;
/** The stand-in draws nothing. */
export const mode: 'headless' | 'mock' = found === undefined ? standIn.mode : 'headless';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
