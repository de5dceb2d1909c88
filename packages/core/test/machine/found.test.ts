// Where the machine's host is found, and what is no host of this user.
import { chmodSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { machineHost } from '../../src/hosts/machine-host.ts';
import { livingMachineHost, machineFolder, publishMachineHost } from '../../src/hosts/machine-folder.ts';
import { ownRecord } from '../../src/hosts/host-record.ts';
import { takeStartTurn } from '../../src/hosts/start-turn.ts';
import { HostClient } from '../../src/client/client.ts';
import { connectToMachine } from '../../src/client/connect-to-machine.ts';
import { failure } from '../support/failure.ts';
import { endedProcess } from '../support/ended-process.ts';
import { closing, place } from '../support/pools.ts';
import { onMachine } from './support.ts';

const runner = 'a test';
const address = (path: string): string => `carpool:${path}#${'a'.repeat(64)}`;

/** The name of the folder, without making it. */
function folderName(): string {
  const elsewhere = join(place().path, 'elsewhere');
  mkdirSync(elsewhere);
  return basename(machineFolder([elsewhere]));
}

test.each(['a symbolic link', 'open to others', 'no folder'])(
  'a folder that is %s is refused, and left alone',
  async (kind) => {
    const target = join(place().path, 'target');
    const folder = join(place().path, folderName());
    mkdirSync(target, { mode: 0o700 });
    if (kind === 'a symbolic link') symlinkSync(target, folder);
    else if (kind === 'no folder') writeFileSync(folder, '');
    else {
      mkdirSync(folder);
      chmodSync(folder, 0o777);
    }
    const error = await failure(() => machineFolder([place().path]), 'HUB_UNREACHABLE');
    const why = kind === 'open to others' ? 'others may use it (mode 777, 700 is needed)' : 'it is no folder';
    expect(error.message).toBe(
      `Cannot use ${folder} for the host of this machine: ${why}. Remove it, or set TMPDIR to a folder of your own, or CARPOOL_ADDRESS to the address of a host`,
    );
    expect(readdirSync(target)).toEqual([]);
  },
);

test('a folder of another user is refused, with both users', async () => {
  // The folder is made with the name of a user that this process is not.
  vi.spyOn(process, 'getuid').mockReturnValue(Number(process.getuid?.()) + 1);
  const error = await failure(() => machineFolder([place().path]), 'HUB_UNREACHABLE');
  vi.restoreAllMocks();
  expect(error.message).toMatch(/it belongs to another user \(uid \d+, this process has \d+\)/);
});

test('a base that cannot be written is passed over; without one, the sentence says so', async () => {
  expect(machineFolder(['/proc', place().path])).toContain(place().path);
  const error = await failure(() => machineFolder(['/proc']), 'HUB_UNREACHABLE');
  expect(error.message).toMatch(/^Cannot make a folder for the host of this machine: .*\. Set TMPDIR/);
});

test.each([
  'of a process that is gone',
  'of a pid that was given again',
  'of another boot',
  'of another PID namespace',
  'that is none',
])('a record %s is replaced', async (kind) => {
  onMachine();
  const folder = machineFolder();
  const own = ownRecord(address('/nowhere'));
  const gone = {
    'of a process that is gone': { pid: (await endedProcess()).pid },
    'of a pid that was given again': { startTime: '1@x' },
    'of another boot': { boot: 'x' },
    'of another PID namespace': { namespace: 'x' },
  }[kind];
  if (kind === 'that is none') writeFileSync(join(folder, 'host.json'), '{"version":1');
  else publishMachineHost(folder, { ...own, ...gone });
  const found = await machineHost();
  expect(found.id).not.toBe(own.id);
  expect(livingMachineHost(folder)?.pid).toBe(found.pid);
});

test('a host that takes no connections is not waited for without end, and another is not started', async () => {
  vi.stubEnv('TMPDIR', place().path);
  const record = ownRecord(address(join(place().path, 'none')));
  publishMachineHost(machineFolder(), record);
  const error = await failure(machineHost({ not: new Set([record.id]), timeout: 50 }), 'HUB_UNREACHABLE');
  vi.unstubAllEnvs();
  expect(error.message).toBe(
    `Cannot use the host of this machine: process ${process.pid} takes no connections, and does not end; end it, then run again`,
  );
});

test('the turn to start it is given once, passed on when its process is gone, and never taken away', async () => {
  const folder = machineFolder([place().path]);
  const first = takeStartTurn(folder, 'none');
  expect(first.ours).toBe(true);
  expect(takeStartTurn(folder, 'none')).toEqual({ ours: false, file: join(folder, 'start-none-0'), pid: process.pid });
  writeFileSync(join(folder, 'start-none-0'), JSON.stringify({ pid: (await endedProcess()).pid }));
  expect([takeStartTurn(folder, 'none').ours, takeStartTurn(folder, 'none').ours]).toEqual([true, false]);
  expect(readdirSync(folder)).toEqual(['start-none-0', 'start-none-1']);
});

test('the log says why a host could not start', async () => {
  onMachine();
  vi.stubEnv('NODE_OPTIONS', '--require=/no/such/file.cjs');
  const error = await failure(machineHost(), 'HUB_UNREACHABLE');
  expect(error.message).toMatch(
    /^Cannot start the host of this machine: it ended with code \d+ before it was ready; its log is /,
  );
  expect(readFileSync(String(error.context['log']), 'utf8')).toContain('/no/such/file.cjs');
  expect(error.evidence?.stderr).toContain('/no/such/file.cjs');
  expect(readdirSync(machineFolder())).toEqual(['log']);
});

test('a host that does not answer is named', async () => {
  vi.stubEnv('TMPDIR', place().path);
  const path = join(place().path, 'silent');
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(path, resolve));
  closing({ close: () => silent.close() });
  publishMachineHost(machineFolder(), ownRecord(address(path)));
  const error = await failure(
    connectToMachine((to) => HostClient.connect(to), { runner, timeout: 100 }),
    'HUB_LOST',
  );
  vi.unstubAllEnvs();
  expect(error.message).toMatch(/^Cannot use the host, which takes connections: the host has not answered for 0.1 s\./);
  expect(error.message).toContain(
    `. It is the host of this machine, process ${process.pid}: \`carpool stop\` ends it, and the next run starts another`,
  );
});
