import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { RunHost } from '../../src/main-process/run-host.ts';
import { place } from '../support/pools.ts';
import { carpool, config, start } from './carpool.ts';

test('serve says which runs come and go, and ends when it is asked to', async () => {
  config({ echoes: 'echo' });
  const { process: serving, ended } = start('serve');
  const lines = createInterface({ input: serving.stdout! })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  expect(await next()).toMatch(/^carpool: the host of this machine serves: process \d+, found in /);
  const [, address] = /^carpool: for what does not look there: CARPOOL_ADDRESS='(.+)'$/.exec(await next()) ?? [];
  vi.stubEnv('CARPOOL_ADDRESS', address);
  const host = new RunHost({ root: place().path, runner: 'a test', version: '1' });
  await host.runStarted();
  vi.unstubAllEnvs();
  expect(host.provided.pools).toEqual(['echoes']);
  expect(await next()).toMatch(/Z a test, .*: has come$/);
  await host.stop();
  expect(await next()).toMatch(/Z a test, .*: has gone, after \d+ m?s and 0 sessions$/);
  expect((await carpool('serve')).stdout).toMatch(/^carpool: the host of this machine runs already: process \d+/);
  expect((await carpool('stop')).stdout).toMatch(/^carpool: the host of this machine has ended: process \d+/);
  expect((await ended).code).toBe(0);
  // Others of this user may be in /tmp.
  expect((await carpool('stop')).stdout).toMatch(/^carpool: there is no host of this machine(?:; .*)?\n$/);
});

test('a host that is left running ends when it is idle', async () => {
  const { code, stdout } = await carpool('serve', '--detach', '--idle', '0.2s');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^carpool: the host of this machine serves: process \d+/)]);
  // The census of this test waits for its end.
});

test('serve refuses a time or a size that is none', async () => {
  expect((await carpool('serve', '--idle', 'soon')).stderr).toContain('It must be 30s, 10m, 2h, or never.');
  expect((await carpool('serve', '--max-memory', 'much')).stderr).toContain('It must be a size, such as 512M or 4G.');
});
