import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { ps } from '../../src/cli/ps.ts';
import { processes, statusOf } from '../../src/cli/ps/ask.ts';
import { processesText } from '../../src/cli/ps/text.ts';
import type { AnsweringHost, HostView, Processes } from '../../src/cli/ps/types.ts';
import { isRunning, startTimeOf } from '../../src/process/identity.ts';
import { hostFolders } from '../../src/hosts/own-folders.ts';
import { sweep } from '../../src/hosts/sweep.ts';
import { ownRecord, readHostRecord } from '../../src/hosts/host-record.ts';
import { formatAddress } from '../../src/wire/address.ts';
import { closing, place, program, until } from '../support/pools.ts';
import { configured, onMachine, run, worker } from '../machine/support.ts';
import { carpool } from './carpool.ts';

const user = process.platform === 'win32' ? 'user' : String(process.getuid?.());

function look(most = 5): ReturnType<typeof processes> {
  return processes({ most, bases: [place().path] });
}

function answering(hosts: readonly HostView[], kind: HostView['kind']): AnsweringHost {
  const host = hosts.find((one) => one.kind === kind);
  if (host?.state !== 'answers') throw new Error(`no host of a ${kind} answers: ${JSON.stringify(hosts)}`);
  return host;
}

/** What the command prints, for the hosts of this test alone. */
async function printed(options: Parameters<typeof ps>[0]): Promise<string> {
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    expect(await ps({ bases: [place().path], ...options })).toBe(0);
  } finally {
    write.mockRestore();
  }
  return written.join('');
}

test('nothing runs: an empty list, which is no failure', async () => {
  expect(await printed({})).toBe('carpool: no host is running\n');
  expect(JSON.parse(await printed({ json: true }))).toMatchObject({ version: 1, hosts: [] });
});

test('a host that answers nothing is given up after the time that was given, and its connection with it', async () => {
  const path = join(place().path, 'silent');
  const server = closing(createServer().listen(path));
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const asked = statusOf(formatAddress({ path, token: 'a'.repeat(64) }), 0, 300);
  asked.catch(() => {});
  const [socket] = await connected;
  const closed = once(socket.resume(), 'close');
  await expect(asked).rejects.toThrow(/0\.3 s|300 ms/);
  await closed;
});

test('the host of the machine and that of a run: runs, children, sessions, leases, waits; one that is stopped costs 2 s', async () => {
  onMachine();
  configured();
  const shared = await run();
  const single = await run({ host: 'run', runner: 'another' });
  const [client, other, third] = [await worker(shared), await worker(single), await worker(single)];
  await client.register('echoes', { holder: { test: 'adds a row', file: 'cart.test.ts' }, under: ['cart.test.ts'] });
  const holder = { test: 'prints', file: 'print.test.ts' };
  const lock = { name: 'printer', kind: 'lock', size: 1, weight: 1 } as const;
  await other.leases.acquire({ ...lock, holder, at: 'print.test.ts:3:1' });
  const waiting = third.leases.acquire({ ...lock, holder: { test: 'prints too' } });
  waiting.catch(() => {});
  // A run on a host of its own takes a lock of the machine.
  const { machine: address = '' } = await client.ask({ method: 'runInfo' }, 5_000);
  const { run: info } = await other.ask({ method: 'runInfo' }, 5_000);
  const greeted = info && { ...info, runner: 'another' };
  const beside = closing(await HostClient.connect({ address, runner: 'another', run: greeted }));
  await beside.leases.acquire({ ...lock, name: 'plotter', holder: { test: 'plots' } });
  const { hosts } = await look();
  const machine = answering(hosts, 'machine');
  expect(hosts[0]).toBe(machine);
  expect(machine.runs).toMatchObject([{ folder: place().path, runner: 'a test', pid: process.pid, workers: 1 }]);
  const id = machine.runs[0]?.id;
  const [pool] = machine.pools as [(typeof machine.pools)[0]];
  expect(pool).toMatchObject({ name: 'echoes', open: 1, queued: 0 });
  const [child] = pool.children as [(typeof pool.children)[0]];
  expect(child).toMatchObject({ state: 'serving', generation: 1, sessions: 1 });
  expect(isRunning({ pid: child.pid ?? 0, startTime: startTimeOf(child.pid ?? 0) })).toBe(true);
  expect(child.memory).toBeGreaterThan(1_000_000);
  expect(pool.sessions).toMatchObject([
    { id: 's1', pid: child.pid, test: 'adds a row', file: 'cart.test.ts', run: id },
  ]);
  const plotter = { name: 'plotter', scope: 'machine', holders: [{ test: 'plots', run: info?.id }] };
  expect(machine.leases).toMatchObject([plotter]);
  expect(await printed({})).toMatch(new RegExp(`held: .*, "plots", run ${process.pid}$`, 'm'));
  const ofRun = answering(hosts, 'run');
  expect(ofRun.runs).toMatchObject([{ folder: place().path, runner: 'another', pid: process.pid, workers: 2 }]);
  expect(ofRun.leases).toMatchObject([
    {
      name: 'printer',
      kind: 'lock',
      scope: 'run',
      holderCount: 1,
      holders: [{ ...holder, takenAt: 'print.test.ts:3:1' }],
      waitCount: 1,
      waiting: [{ test: 'prints too' }],
    },
  ]);
  expect(JSON.stringify(hosts)).not.toMatch(/[0-9a-f]{64}/); // no token
  const { code, stdout } = await carpool('ps', '--json', '--all');
  expect(code).toBe(0);
  expect(stdout).not.toMatch(/[0-9a-f]{64}/);
  const own = (JSON.parse(stdout) as Processes).hosts.filter(({ folder }) => folder.startsWith(place().path));
  expect(own.map(({ kind }) => kind)).toEqual(['machine', 'run']);
  expect(await printed({})).toContain(`  pool echoes: 1 of ${pool.maxSessions} slot`);

  process.kill(ofRun.pid, 'SIGSTOP');
  closing({ close: () => process.kill(ofRun.pid, 'SIGCONT') });
  const again = await look();
  expect(again.hosts.at(-1)).toMatchObject({ state: 'silent', kind: 'run', pid: ofRun.pid, children: [] });
  expect(processesText(again)).toContain(`host of a run: pid ${ofRun.pid} does not answer`);
});

test('many sessions are counted, and the oldest are named', async () => {
  onMachine();
  configured();
  const client = await worker(await run({ host: 'run' }));
  const registering = Array.from({ length: 40 }, (_, number) =>
    client.register('echoes', { holder: { test: `test ${number}` }, wait: true }),
  );
  await Promise.race(registering);
  const { hosts } = await look(3);
  const [pool] = answering(hosts, 'run').pools as [AnsweringHost['pools'][0]];
  expect(pool.sessions.length).toBeLessThanOrEqual(3);
  expect(pool.open + pool.queued).toBe(40);
  expect(processesText({ version: 1, carpool: '', time: '', hosts, left: [] })).toMatch(
    /and \d+ more (?:sessions|waits)/,
  );
  client.close();
  await Promise.allSettled(registering);
});

test('what is not a private folder of this user is not looked into', async () => {
  const { path } = place();
  const record = JSON.stringify({ ...ownRecord(), address: `carpool:${path}/hub#${'0'.repeat(64)}` });
  const elsewhere = join(path, 'elsewhere');
  mkdirSync(elsewhere, { mode: 0o700 });
  writeFileSync(join(elsewhere, 'host.json'), record);
  const link = join(path, `carpool-${user}-0123456789ab`);
  symlinkSync(elsewhere, link);
  const writable = join(path, `carpool-${user}-1123456789ab`);
  mkdirSync(writable);
  chmodSync(writable, 0o777);
  writeFileSync(join(writable, 'host.json'), record);
  const garbage = join(path, `carpool-${user}-2123456789ab`);
  mkdirSync(garbage, { mode: 0o700 });
  writeFileSync(join(garbage, 'host.json'), '{"version":1');
  expect(readHostRecord(elsewhere)).toBeDefined();
  expect(hostFolders([path])).toEqual([garbage]);
  expect((await look()).hosts).toEqual([]);
  for (const folder of [link, writable, garbage]) rmSync(folder, { recursive: true, force: true });
});

test('what a host has left that was killed is listed, until it is swept', async () => {
  onMachine();
  configured({ pools: { echoes: program('ignores-everything') } });
  const ended = await run();
  await (await worker(ended)).register('echoes');
  const machine = answering((await look()).hosts, 'machine');
  const child = machine.pools[0]?.children[0]?.pid;
  process.kill(machine.pid, 'SIGKILL');
  await until('it is gone', async () => (await look()).hosts.length === 0);
  await until('what it has left is seen', async () => (await look()).left.length > 0);
  expect((await look()).left).toEqual([{ folder: machine.folder, pid: machine.pid, children: [child] }]);
  expect(await printed({})).toBe(
    `carpool: no host is running\n1 child of a host that was killed (pid ${machine.pid})\n  pid ${child}\n` +
      '  `carpool doctor --sweep` ends them; so does the next host that starts\n',
  );
  await sweep([place().path]);
  expect((await look()).left).toEqual([]);
});
