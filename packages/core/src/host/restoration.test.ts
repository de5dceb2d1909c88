import { expect, test, vi } from 'vitest';
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
