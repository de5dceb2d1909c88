/** `{temp}`, `{port}` and `{socket}` for real processes: also of ordinary pools, and when a host is killed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import type { Host } from '../../src/main-process/types.ts';
import { localPath } from '../../src/wire/address.ts';
import { failure } from '../support/failure.ts';
import { closing, expectEmpty, place, pool, program, programPath, until } from '../support/pools.ts';
import { script } from '../support/scripts.ts';
import { cannotUse, mountNamespace } from '../support/unshare.ts';
import { web, webPool } from './web.ts';

const { TMPDIR } = process.env;
afterEach(() => {
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = TMPDIR;
});

/** A host in the folder of this test. */
async function hostOf(pools: object): Promise<{ host: Host; client: HostClient; folder: string }> {
  process.env['TMPDIR'] = place().path;
  const host = await startHost({ root: place().path, pools: pools as never });
  closing({ close: () => host.stop() });
  const client = closing(await HostClient.connect({ address: host.address, runner: 'a test' }));
  return { host, client, folder: dirname(localPath(host.address)) };
}

test('the child of an ordinary pool has a temporary folder, which goes with it', async () => {
  const base = join(place().path, 'base');
  mkdirSync(base);
  const made = pool('echo', { env: { TMPDIR: place().path, DATA: '{temp}' }, tempBase: base });
  await made.register();
  const [name = ''] = readdirSync(base);
  expect(name).toMatch(/^carpool-child-[0-9a-f]{12}$/);
  writeFileSync(join(base, name, 'file'), 'x');
  await made.close();
  expect(readdirSync(base)).toEqual([]);
});

test('a child that dies, and one that cannot be started, leave no folder and no port', async () => {
  const base = join(place().path, 'base');
  mkdirSync(base);
  const reserved = new Set<number>();
  const ports = {
    reserve: (port: number) => !reserved.has(port) && reserved.add(port).has(port),
    release: (port: number) => void reserved.delete(port),
  };
  const dying = webPool(web('--port {port} --bye {temp}/bye', { tempBase: base }), { ports });
  const { url } = (await dying.register()).opened;
  expect([readdirSync(base).length, reserved.size]).toEqual([1, 1]);
  await fetch(`${url}/die`).catch(() => {});
  await until('all of it is gone', () => readdirSync(base).length + reserved.size === 0);
  const missing = webPool(web('', { command: '{temp}/missing', tempBase: base }), { ports });
  await failure(missing.register(), 'CHILD_NOT_STARTED');
  expect(readdirSync(base).length + reserved.size).toBe(0);
});

test('where no folder can be made the start fails and says so', async () => {
  const file = join(place().path, 'file');
  writeFileSync(file, '');
  const error = await failure(webPool(web('--socket {socket}', { tempBase: file })).register(), 'CHILD_NOT_STARTED');
  expect(error.message).toMatch(
    /^Cannot start the child of pool "web": no temporary folder could be made for it: ENOTDIR/,
  );
});

test('a full disk: where its folder cannot be made the next place is tried, and what a server says of it is shown', async (context) => {
  const reason = cannotUse(mountNamespace);
  if (reason !== undefined) context.skip(reason);
  const [full, small, spare] = ['full', 'small', 'spare'].map((name) => join(place().path, name));
  for (const folder of [full, small, spare]) mkdirSync(folder ?? '');
  // No room for a folder; room for one, and not for what the server writes there.
  const mount =
    'mount -t tmpfs -o nr_inodes=1 none "$1" && mount -t tmpfs -o size=64k none "$2" && shift 2 && exec "$@"';
  const [command = '', ...within] = mountNamespace;
  const file = fileURLToPath(new URL('../host/fills-disk.mjs', import.meta.url));
  const node = [process.execPath, file, programPath('web'), full, small].map(String);
  const options = { encoding: 'utf8', env: { ...process.env, TMPDIR: spare } } as const;
  const run = spawnSync(command, [...within, 'sh', '-c', mount, 'sh', String(full), String(small), ...node], options);
  expect(run.stderr).toBe('');
  const { results, left } = JSON.parse(run.stdout) as { results: unknown; left: readonly string[] };
  expect(results).toEqual([
    {
      code: 'CHILD_NOT_STARTED',
      message: expect.stringMatching(/no temporary folder could be made for it: ENOSPC/) as unknown,
      evidence: {},
    },
    expect.objectContaining({
      code: 'CHILD_EXITED',
      message: expect.stringMatching(/exited with code 4[^]*ENOSPC: no space left on device/) as unknown,
    }),
    { url: expect.stringMatching(/^http:/) as unknown },
  ]);
  expect(left).toEqual([]);
});

test('a host keeps the folders of children in its own, and reserves their ports among those of tests', async () => {
  const { client, folder } = await hostOf({ web: web('--port {port} --bye {temp}/bye') });
  const session = await client.register('web');
  const { port = 0 } = session.opened as { port?: number };
  expect(readdirSync(folder).filter((name) => /^t[0-9a-f]{8}$/.test(name))).toHaveLength(1);
  const values = [String(port)];
  const { places } = await client.leases.reserve({ space: 'carpool.ports', values, holder: {}, under: [] });
  expect(places).toEqual([]);
});

test('the next host removes what a killed one has left, wherever its folders are', async () => {
  const base = join(place().path, 'base');
  mkdirSync(base);
  const pools = { web: web('--port {port} --bye {temp}/bye', { tempBase: base }) };
  const { host, client } = await hostOf(pools);
  await client.register('web');
  const [name = ''] = readdirSync(base);
  // Not one of ours, whatever its name: nothing has recorded it.
  mkdirSync(join(base, 'carpool-child-000000000000'));
  process.kill(host.pid ?? 0, 'SIGKILL');
  await host.exited;
  expect(existsSync(join(base, name))).toBe(true);
  await (await hostOf({ echoes: program('echo') })).host.stop();
  expect(readdirSync(base)).toEqual(['carpool-child-000000000000']);
  await expectEmpty(place().path);
});

test('a process without a host removes them when it exits, also if it does not close its pool', async () => {
  const base = join(place().path, 'base');
  mkdirSync(base);
  const ending = script('leaves-temp', [programPath('web'), base]);
  await ending.said('open');
  expect(readdirSync(base)).toHaveLength(1);
  ending.process.stdin?.end('exit\n');
  expect(await ending.exited).toBe(3);
  expect(readdirSync(base)).toEqual([]);
});

test('a file that a server writes into its folder does not replace it', async () => {
  const file = join(place().path, 'base');
  mkdirSync(file);
  const pool = webPool(web('--port {port} --bye {temp}/bye', { tempBase: file }));
  const first = await pool.register();
  await first.unregister();
  writeFileSync(join(file, readdirSync(file)[0] ?? '', 'bye'), 'x');
  await (await pool.register()).unregister();
  expect(pool.stats().children).toBe(1);
});
