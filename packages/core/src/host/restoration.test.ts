import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeHostDirectory } from '../hosts/host-directory.ts';
import { PidFiles } from '../process/pid-files.ts';
import { Hub } from './hub/hub.ts';
import { Restoration, type RestorationOptions } from './restoration.ts';

function restoration(): { made: string[]; restoration: Restoration; listening: PromiseWithResolvers<void> } {
  const made: string[] = [];
  const listening = Promise.withResolvers<void>();
  const hub = {
    sharedWorkers: { listenAgain: () => made.push('sockets') },
    listenAgain: () => {
      made.push('socket');
      return listening.promise;
    },
  };
  const options = {
    directory: { folder: '/f', socket: '/f/hub', complete: () => false, restore: () => made.push('folder') },
    children: { restore: () => made.push('records') },
    sockets: () => [{ hub, path: '/f/hub' }],
  };
  return { made, listening, restoration: new Restoration(options as unknown as RestorationOptions) };
}

test('a host that ends removes its socket itself, which is not made again', async () => {
  vi.useFakeTimers();
  const { made, restoration: ended } = restoration();
  await ended.end();
  await ended.check();
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  expect(made).toEqual([]);
});

test('the end waits for what is being made, and two checks make it once', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { made, listening, restoration: busy } = restoration();
  const checks = [busy.check(), busy.check()];
  let over = false;
  const end = busy.end().then(() => (over = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(over).toBe(false);
  listening.resolve();
  await Promise.all([...checks, end]);
  expect(made).toEqual(['folder', 'records', 'sockets', 'socket']);
  expect(stderr).toHaveBeenCalledOnce();
  stderr.mockRestore();
});

/** As a host has it, which goes on after its hub: something is connected to its server. */
async function closedHub(): Promise<{
  folder: string;
  socket: string;
  printed: () => number;
  look: () => Promise<void>;
}> {
  const base = mkdtempSync(join(tmpdir(), 'carpool-restoration-'));
  const directory = makeHostDirectory([base], 'token');
  const { folder, socket } = directory;
  const hub = new Hub({ token: 'token', pools: Promise.resolve(new Map()), folder });
  await hub.listen(socket);
  const children = new PidFiles(directory.children);
  const restoring = new Restoration({ directory, children, sockets: () => [{ hub, path: socket }] });
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(async () => {
    stderr.mockRestore();
    await restoring.end();
    await hub.close();
    rmSync(base, { recursive: true });
  });
  await hub.close();
  return { folder, socket, printed: () => stderr.mock.calls.length, look: () => restoring.check() };
}

test('the socket of a hub that has closed is not missed, and not made again', async () => {
  const { socket, printed, look } = await closedHub();
  await look();
  expect(existsSync(socket)).toBe(false);
  expect(printed()).toBe(0);
});

test('the folder and the record of a host that goes on without its hub are', async () => {
  const { folder, socket, printed, look } = await closedHub();
  rmSync(folder, { recursive: true });
  await look();
  expect(existsSync(join(folder, 'host.json'))).toBe(true);
  expect(existsSync(socket)).toBe(false);
  expect(printed()).toBe(1);
  await look();
  expect(printed()).toBe(1);
});
