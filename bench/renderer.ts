/** Where the real plushie-renderer is, for the rows that need it. */
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const { env } = process;
const program = process.platform === 'win32' ? 'plushie-renderer.exe' : 'plushie-renderer';

/** The first of these that can be started; undefined: there is none. */
export function findRenderer(): string | undefined {
  const places = [
    env['CARPOOL_RENDERER'],
    env['PLUSHIE_BINARY_PATH'],
    // Where scripts/install-renderer.mjs puts it.
    join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'carpool', 'plushie-renderer-0.7.1', 'bin', program),
  ];
  return places.find((path) => path !== undefined && isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
