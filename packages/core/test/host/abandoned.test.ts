// A folder is taken to be a dead host's only where that is proven; anything else stays as it is.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { abandonedHosts } from '../../src/hosts/abandoned-hosts.ts';
import { makeHostDirectory } from '../../src/hosts/host-directory.ts';
import { ownRecord, readHostRecord, type HostRecord } from '../../src/hosts/host-record.ts';
import { sweep } from '../../src/hosts/sweep.ts';
import { census } from '../../src/testing/census.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import { closing, place, programPath, until } from '../support/pools.ts';
import { scriptIn } from '../support/scripts.ts';
import { cannotUse, mountNamespace, pidNamespace } from '../support/unshare.ts';

const user = process.platform === 'win32' ? 'user' : String(process.getuid?.());
const dead = { pid: 2 ** 22 + 1, startTime: '1@gone' };

/** A folder of a host that does not run. @param older seconds since its last change */
function folder(change: Partial<HostRecord> | 'no record' = {}, older = 3600, name = `carpool-${user}-0123456789ab`) {
  const path = join(place().path, name);
  closing({ close: () => rmSync(path, { recursive: true, force: true }) });
  mkdirSync(path, { mode: 0o700 });
  if (change !== 'no record') writeFileSync(join(path, 'host.json'), JSON.stringify({ ...ownRecord(), ...change }));
  age(path, older);
  return path;
}

function age(path: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  utimesSync(path, then, then);
}

/** Something listens on its socket, or has listened. */
async function socketIn(path: string, state: 'accepts' | 'refuses'): Promise<void> {
  const file = join(path, 'hub');
  if (state === 'refuses') {
    const code =
      'require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
    spawnSync(process.execPath, ['-e', code, file]);
  } else {
    const server = createServer((socket) => socket.destroy()).listen(file);
    await once(server, 'listening');
    closing({ close: () => server.close() });
  }
  expect(existsSync(file)).toBe(true);
  age(path, 3600);
}

async function found(): Promise<string[]> {
  return (await abandonedHosts([place().path])).map((host) => host.folder);
}

describe('a host is gone', () => {
  test('if its process is, and nothing is at its socket', async () => {
    const path = folder(dead, 0);
    expect(await found()).toEqual([path]);
    await sweep([place().path]);
    expect(existsSync(path)).toBe(false);
  });

  test('if its process is, and its socket refuses', async () => {
    const path = folder(dead);
    await socketIn(path, 'refuses');
    expect(await found()).toEqual([path]);
  });

  test('if it was in another PID namespace, and its socket refuses', async () => {
    const path = folder({ namespace: 'pid:[1]' });
    await socketIn(path, 'refuses');
    expect(await abandonedHosts([place().path])).toMatchObject([{ folder: path, samePids: false }]);
    age(path, 1); // it may have bound the socket, and be about to listen
    expect(await found()).toEqual([]);
  });
});

describe('a folder stays', () => {
  test('while its process runs, without a socket too', async () => {
    folder();
    expect(await found()).toEqual([]);
  });

  test.each([
    ['another PID namespace', { namespace: 'pid:[1]' }],
    ['another boot', { ...dead, boot: 'b' }],
    ['a namespace that nothing is known of', { ...dead, namespace: '' }],
  ])('while nothing is at the socket of a host in %s', async (_, change) => {
    folder(change);
    expect(await found()).toEqual([]);
  });

  test.each([
    ['this PID namespace', dead],
    ['another PID namespace', { ...dead, namespace: 'pid:[1]' }],
    ['another boot', { ...dead, boot: 'b' }],
  ])('while its socket accepts, in %s', async (_, change) => {
    await socketIn(folder(change), 'accepts');
    expect(await found()).toEqual([]);
  });

  test('of another boot, also where the socket refuses: its host may be on another machine', async () => {
    await socketIn(folder({ ...dead, boot: 'b' }), 'refuses');
    expect(await found()).toEqual([]);
  });

  test.each([
    ['no record', undefined],
    ['half a record', JSON.stringify({ ...ownRecord(), ...dead }).slice(0, -3)],
    ['a record of another kind', JSON.stringify({ ...dead })],
    ['a list in its place', '[]'],
  ])('with %s, whatever its age, with all that is in it', async (_, record) => {
    const path = folder('no record');
    if (record !== undefined) writeFileSync(join(path, 'host.json'), record);
    writeFileSync(join(path, 'thesis.txt'), 'the only copy');
    age(path, 3600 * 24 * 365);
    await sweep([place().path]);
    expect(existsSync(join(path, 'thesis.txt'))).toBe(true);
  });

  test.each([`carpool-${user}-thesis`, `carpool-${user}-0123456789abc`, `carpool-${user}x-0123456789ab`])(
    'with the name %s, which is no name of a host',
    async (name) => {
      const path = folder(dead, 3600, name);
      await sweep([place().path]);
      expect(existsSync(path)).toBe(true);
    },
  );

  test('that a link with the name of one points to', async () => {
    const path = folder(dead, 3600, 'elsewhere');
    const link = join(place().path, `carpool-${user}-0123456789ab`);
    symlinkSync(path, link);
    closing({ close: () => rmSync(link) });
    await sweep([place().path]);
    expect(existsSync(path)).toBe(true);
  });
});

test('an empty folder, whose host was killed before it wrote its record, is removed after a minute', async () => {
  const path = folder('no record', 30);
  await sweep([place().path]);
  expect(existsSync(path)).toBe(true);
  age(path, 90);
  await sweep([place().path]);
  expect(existsSync(path)).toBe(false);
});

test('a record is read as it was written', () => {
  const made = makeHostDirectory([place().path]);
  closing({ close: made.remove });
  expect(readHostRecord(made.folder)).toEqual({ ...ownRecord(), id: made.id });
});

describe('two PID namespaces with one temporary folder', () => {
  test('leave each other’s hosts alone', async (context) => {
    const reason = cannotUse(pidNamespace);
    if (reason !== undefined) context.skip(reason);
    const { path } = place();
    const runner = closing(scriptIn(path, 'runner', [programPath('echo')], pidNamespace));
    await runner.said('open');
    const [before, ...others] = census(path).folders as [string];
    expect(others).toEqual([]);
    // The record must look dead to this namespace for a reason that it cannot judge: its pid is free here, or another's.
    expect(readHostRecord(before)!.pid).toBeLessThan(100);
    process.env['TMPDIR'] = path;
    const other = await startHost({ root: path });
    delete process.env['TMPDIR'];
    await other.configured;
    await other.stop(); // when its sweep is over
    expect(census(path).folders).toEqual([before]);
    runner.process.stdin?.end('go on\n');
    expect(await runner.exited).toBe(0);
    expect(runner.lines.at(-1)).toBe('stopped');
    await until('its host has gone', () => census(path).folders.length === 0);
  });
});

test('a disk that has no room for the record is left as it was', async (context) => {
  const reason = cannotUse(mountNamespace);
  if (reason !== undefined) context.skip(reason);
  const disk = join(place().path, 'disk');
  mkdirSync(disk);
  const module = new URL('../../src/hosts/host-directory.ts', import.meta.url).href;
  const code = `
    import { readdirSync } from 'node:fs';
    import { makeHostDirectory } from '${module}';
    const made = makeHostDirectory(['${disk}', '${place().path}']);
    console.log(made.folder.startsWith('${disk}'), readdirSync('${disk}').length);
    made.remove();
  `;
  // Room for one folder, and for no file in it.
  const mount = `mount -t tmpfs -o nr_inodes=2 none "$1" && exec "$2" --input-type=module -e "$3"`;
  const [command = '', ...args] = mountNamespace;
  const run = spawnSync(command, [...args, 'sh', '-c', mount, 'sh', disk, process.execPath, code], {
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  expect(run.stdout).toBe('false 0\n');
});

test('where nothing may be changed, or nothing be seen, all stays as it is, and the rest is swept', (context) => {
  if (process.platform === 'win32') context.skip('Windows has no modes of folders');
  const { path } = place();
  chmodSync(path, 0o711);
  const name = `carpool-${user}-0123456789ab`;
  const [readOnly, closed, open] = ['read-only', 'closed', 'open'].map((base) => join(path, base)) as [
    string,
    string,
    string,
  ];
  const bases = [readOnly, closed, open];
  for (const base of bases) {
    mkdirSync(join(base, name), { recursive: true });
    mkdirSync(join(base, `carpool-${user}-machine-0.0.1-1-00000000`));
    writeFileSync(join(base, `${name}.ended`), '');
    age(join(base, `${name}.ended`), 25 * 3600);
  }
  const modes = new Map([
    [readOnly, 0o555],
    [closed, 0o444],
    [open, 0o777],
  ]);
  for (const [base, mode] of modes) chmodSync(base, mode);
  closing({ close: () => chmodSync(closed, 0o700) });
  const module = (file: string): string => new URL(`../../src/hosts/${file}.ts`, import.meta.url).href;
  // What root may do is not bounded by modes.
  const code = `
      import { sweep } from '${module('sweep')}';
      import { sweepMachineFolders } from '${module('machine-leftovers')}';
      if (process.getuid() === 0) process.seteuid(65534);
      await sweep(${JSON.stringify(bases)});
      sweepMachineFolders(${JSON.stringify(bases)});
    `;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  chmodSync(closed, 0o755);
  expect([run.status, run.stderr]).toEqual([0, '']);
  expect(bases.map((base) => existsSync(join(base, `${name}.ended`)))).toEqual([true, true, false]);
});
