// The end of what a host serves to a run: a part of it that fails is named, and the rest ends.
import { afterEach, expect, test, vi } from 'vitest';
import type { LoadedConfig } from '../../src/config/load.ts';
import type { HubPool } from '../../src/host/hub/hub-pool.ts';
import { ServedRun } from '../../src/host/served-run.ts';

afterEach(() => void vi.restoreAllMocks());

/** What this process writes to stderr from now on. */
function stderr(): () => string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([text]) => String(text)).join('');
}

function served(pools: Readonly<Record<string, () => Promise<void>>> = {}): ServedRun {
  const run = new ServedRun({ token: 'none', socketOf: (number) => `nowhere-${number}` });
  const made = Object.entries(pools).map(([name, close]) => [name, { close } as HubPool] as const);
  const config = {} as LoadedConfig;
  run.configured({ pools: new Map(made), sharedWorkers: new Map(), locks: {}, files: [], config });
  return run;
}

test('a pool whose child cannot be killed', async () => {
  const printed = stderr();
  const close = vi.fn<() => Promise<void>>(async () => {});
  const stuck = (): Promise<void> => Promise.reject(new Error('process 4711 cannot be killed'));
  expect(await served({ stuck, other: close }).close()).toBe(true);
  expect(close).toHaveBeenCalledOnce();
  expect(printed()).toBe('carpool: process 4711 cannot be killed\n');
});

test('what tests held: shared workers end after it all the same', async () => {
  const printed = stderr();
  const run = served();
  vi.spyOn(run.hub, 'close').mockRejectedValue(new Error('there is no room'));
  const close = vi.spyOn(run.hub.sharedWorkers, 'close');
  expect(await run.close()).toBe(true);
  expect(close).toHaveBeenCalledOnce();
  expect(printed()).toBe('carpool: Not all that the tests held was given back: there is no room\n');
});

test('shared workers: one of them may keep the process from exiting', async () => {
  const printed = stderr();
  const run = served();
  vi.spyOn(run.hub.sharedWorkers, 'close').mockRejectedValue(new Error('a thread is stuck'));
  expect(await run.close()).toBe(false);
  expect(printed()).toBe('carpool: a thread is stuck\n');
});
