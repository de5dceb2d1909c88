/** A host that serves other machines, started by the command, in the folder of this test. */
import { createInterface } from 'node:readline';
import { expect, vi } from 'vitest';
import { RunHost, type RunHostOptions } from '../../src/main-process/run-host.ts';
import { start } from '../cli/carpool.ts';
import { closing } from '../support/pools.ts';

export interface Serving {
  /** For other machines. */
  readonly address: string;
  /** For this one. */
  readonly own: string;
  /** The next line that it prints. */
  next(): Promise<string>;
  /** Ends the command, and with it the host. */
  end(): void;
}

/** Its config must be there. */
export async function serving(listen = '127.0.0.1:0', ...more: string[]): Promise<Serving> {
  const { process: child, ended } = start('serve', '--listen', listen, ...more);
  // The host has its signals too, and ends with all that it serves.
  closing({
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  expect(await next()).toMatch(/^carpool: the host of this machine serves: process \d+/);
  const [, own = ''] =
    /^carpool: for this machine, where it is not found by itself: CARPOOL_ADDRESS='(carpool:.+)'$/.exec(await next()) ??
    [];
  expect(own).not.toBe('');
  const [, address = ''] = /^carpool: for other machines: CARPOOL_ADDRESS='(.+)'$/.exec(await next()) ?? [];
  return { address, own, next, end: () => void child.kill('SIGTERM') };
}

/** A run of another machine, in a folder that has no config. */
export async function remoteRun(address: string, options: Partial<RunHostOptions> = {}): Promise<RunHost> {
  vi.stubEnv('CARPOOL_ADDRESS', address);
  try {
    const host = new RunHost({ root: '/', runner: 'a test', version: '1.2.3', ...options });
    closing({ close: () => host.stop() });
    await host.runStarted();
    return host;
  } finally {
    vi.unstubAllEnvs();
  }
}
