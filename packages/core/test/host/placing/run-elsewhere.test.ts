// This run on another host: a real one, which listens for other machines.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { HostClient } from '../../../src/client/client.ts';
import { RunElsewhere } from '../../../src/host/placing/run-elsewhere.ts';
import { parseAddress, remotePlace, resolveAddress } from '../../../src/wire/address.ts';
import { config, write } from '../../cli/carpool.ts';
import { serving } from '../../listen/support.ts';
import { failure } from '../../support/failure.ts';
import { closing, until } from '../../support/pools.ts';

// They start several processes, one after the other.
vi.setConfig({ testTimeout: 60_000 });

/** Begins to open the run by these addresses. */
function opening(...addresses: string[]) {
  const failures: string[] = [];
  let changes = 0;
  const run = new RunElsewhere({
    offer: { host: 'b', name: 'ci-b', addresses, pools: {}, load: 0 },
    run: { id: 'r', folder: 'here:/code', runner: 'a test', pid: 1 },
    runner: 'a test',
    changed: () => void changes++,
    failed: (message) => failures.push(message),
    printed: () => {},
  });
  closing(run);
  return { run, failures, changes: () => changes };
}

test('open, its workers have sessions by its address, and it is in use while they have; its end ends all there', async () => {
  config({ echoes: 'echo' });
  const { address, next } = await serving();
  // One that leads nowhere is passed over.
  const { run, failures } = opening(address.replace(/:\d+\//, ':1/'), address);
  expect([run.isOpening, run.address, await run.inUse()]).toEqual([true, undefined, false]);
  await until('it is open', () => !run.isOpening);
  expect(await next()).toMatch(/Z a test, here:\/code, pid 1, with the address of "serve": has come$/);
  expect([[...run.identities.keys()], failures]).toEqual([['echoes'], []]);
  const worker = closing(await HostClient.connect({ address: run.address!, runner: 'a test' }));
  expect(await run.inUse()).toBe(false);
  const session = await worker.register('echoes', { stays: true });
  expect(await run.inUse()).toBe(true);
  await session.unregister();
  expect(await run.inUse()).toBe(false);
  run.close();
  expect([run.isOver, run.address]).toEqual([true, undefined]);
  expect((await worker.closed)?.code).toBe('HUB_LOST');
  expect(await next()).toMatch(/: has gone, after \d+ m?s and 1 session$/);
  expect(await run.inUse()).toBe(false);
});

test('its connection ends, and those of its workers last: they are told, and sessions fail with the name of that host', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  const { run } = opening(address);
  await until('it is open', () => !run.isOpening);
  const place = String(run.place);
  const machine = `ci-b (${place})`;
  const of = { address: run.address!, machine, elsewhere: true };
  const worker = closing(await HostClient.connect({ ...of, runner: 'a test' }));
  const session = await worker.register('echoes', { stays: true });
  run.close();
  const message = `The host at ${machine} has ended what this run had there, because its connection to the host of this run has ended. The host of this run, which was full, had sent this session there; the run goes on without that host`;
  expect(await session.closed).toMatchObject({
    by: 'hub',
    reason: `because a lost connection has ended what its run had on the host at ${machine},`,
    error: { code: 'HUB_LOST', message },
  });
  expect((await failure(session.request({ type: 'echo' }), 'HUB_LOST')).message).toContain(machine);
  expect(await worker.closed).toMatchObject({ code: 'HUB_LOST', message });
});

test('a worker of another machine is told that the connection of its main process has ended, with the name of the host', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  const main = closing(await HostClient.connect({ address, runner: 'a test' }));
  const run = { id: 'r', folder: '/code', runner: 'a test', pid: 1 };
  const asked = { method: 'openRun', run, root: '', env: {}, cwd: '', configTimeout: 10_000 } as const;
  const opened = await main.ask(asked, 30_000);
  const at = resolveAddress(opened.address, parseAddress(address));
  const worker = closing(await HostClient.connect({ address: at, runner: 'a test' }));
  const session = await worker.register('echoes');
  main.close();
  const place = String(remotePlace(address));
  expect((await session.closed).error).toMatchObject({
    code: 'HUB_LOST',
    message: `On ${place}: This run was ended there, because the connection of its main process has ended: that process has ended, or the network between was cut. No test of this run can use that host from here on. Run the tests again`,
  });
});

test('a config that fails there is told, and nothing is open', async () => {
  config({ echoes: 'echo' });
  const { address } = await serving();
  write('carpool.config.mjs', 'throw new Error("a mistake");');
  const { run, failures } = opening(address);
  await until('it is over', () => run.isOver);
  expect(failures).toEqual([expect.stringMatching(/^Cannot open this run on ci-b \(127\.0\.0\.1:\d+\): .*a mistake/)]);
});

test('an address of this machine is none of another one: whoever wrote it means another host', async () => {
  const { run, failures } = opening(`carpool:/nowhere#${'0'.repeat(64)}`, `no\nne#${'1'.repeat(64)}`);
  await until('it is over', () => run.isOver);
  expect(failures).toEqual([
    'Cannot open this run on ci-b: no address of ci-b leads there: carpool:/nowhere: its address is none of another machine; no ne: Cannot connect to the host: its address is none of Carpool: those begin with `carpool:` or `carpool+tls:`',
  ]);
});

test('where no address leads there, each is named with what is wrong, and no token of them', async () => {
  const at = (host: string): string => `carpool+tls://${host}:1/#${'0'.repeat(64)}.${'A'.repeat(43)}`;
  const { run, failures } = opening(at('127.0.0.1'), at('127.0.0.2'));
  await until('it is over', () => run.isOver);
  expect(failures).toEqual([expect.stringMatching(/leads there: .*127\.0\.0\.1:1\b.*; .*127\.0\.0\.2:1\b/)]);
  expect(failures.join()).not.toContain('000');
});

test('one that ends while it connects tries no other address, and tells nothing', async () => {
  const server = createServer();
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  closing({ close: () => server.close() });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const address = `carpool+tls://127.0.0.1:${port}/#${'0'.repeat(64)}.${'A'.repeat(43)}`;
  const { run, failures, changes } = opening(address, address, address);
  await until('it connects', () => sockets.length === 1);
  run.close();
  sockets[0]!.destroy();
  await until('it has ended', () => changes() === 1);
  expect([sockets.length, failures]).toEqual([1, []]);
});
