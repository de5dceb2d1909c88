/** The servers of this machine. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CarpoolError, type IdentityLookup } from 'carpool';
import { installHint, locateServer, oldestMajor, versionIn, type Place, type RedisBinary } from './locate.ts';

const programs = ['redis-server', 'valkey-server'] as const;

/** @param named the option `binary` @throws CarpoolError CHILD_NOT_STARTED that says what was looked at, and how to get one */
export async function findServer(named: string | undefined, lookup: IdentityLookup): Promise<RedisBinary> {
  const places = named === undefined ? placesOn(lookup) : [namedPlace(resolve(lookup.cwd, named))];
  const located = await locateServer({ places, inspect });
  if ('binary' in located) return located.binary;
  const { searched } = located;
  const lines = searched.map((place) => `\n  looked at ${place}`).join('');
  const wanted = `a server of Redis or Valkey, version ${oldestMajor} or newer`;
  throw new CarpoolError('CHILD_NOT_STARTED', `Cannot find ${wanted}${lines}\n  ${installHint}`, {
    blame: 'setup',
    context: { searched },
  });
}

function namedPlace(path: string): Place {
  return { label: `the option \`binary\`, ${path}`, paths: existsSync(path) ? [path] : [] };
}

function placesOn({ find }: IdentityLookup): Place[] {
  const inPath = programs.map((name) => find(name)).filter((path) => path !== undefined);
  // A service's PATH, or that of an editor, may lack the folder of the package manager.
  const folders =
    process.platform === 'darwin'
      ? ['/opt/homebrew/bin', '/opt/homebrew/opt/redis/bin', '/opt/homebrew/opt/valkey/bin', '/usr/local/bin']
      : ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/home/linuxbrew/.linuxbrew/bin'];
  const found = folders
    .flatMap((folder) => programs.map((name) => join(folder, name)))
    .filter((path) => existsSync(path));
  return [
    { label: 'PATH', paths: inPath },
    { label: folders.join(', '), paths: found },
  ];
}

async function inspect(path: string): Promise<RedisBinary | string> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 10_000 });
    const version = versionIn(stdout);
    return version === undefined ? `${path} says ${stdout.trim()}` : { path, ...version };
  } catch (thrown) {
    return `${path} does not run: ${(thrown as Error).message.trim()}`;
  }
}
