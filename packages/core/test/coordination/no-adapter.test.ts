// Processes without an adapter, where the environment names a host: `carpool run -- node script.mjs`.
import { afterEach, expect, test, vi } from 'vitest';
import { lock } from '../../src/entry/coordination.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { until } from '../support/pools.ts';
import { script } from '../support/scripts.ts';

afterEach(() => void vi.unstubAllEnvs());

test('processes take turns, and one that is killed releases everything', async () => {
  const { hub, address } = await serve({});
  vi.stubEnv('CARPOOL_ADDRESS', address);
  const keeps = script('takes-turns', ['keeps']);
  await keeps.said('held');
  const [one, two] = [script('takes-turns', []), script('takes-turns', [])];
  const token = `token ${keeps.process.pid}`;
  for (const waits of [one, two]) await waits.said(token);
  await until('both wait', () => hub.coordination.ledger.waiting === 2);
  keeps.process.kill('SIGKILL');
  // They end by themselves: an idle connection keeps no process running.
  expect([await one.exited, await two.exited]).toEqual([0, 0]);
  expect([one.lines, two.lines]).toEqual([
    [token, 'held'],
    [token, 'held'],
  ]);
  await until('nothing is left', () => hub.peers === 0);
  expect(hub.coordination.ledger.held).toBe(0);
  expect(hub.coordination.reservations.size).toBe(0);
});

test('without an adapter and a host, one sentence says what to add, at the line of the call', async () => {
  vi.stubEnv('CARPOOL_ADDRESS', '');
  const error = await failure(lock('x').acquire(), 'HUB_UNREACHABLE');
  expect(error.message).toMatch(
    /^Cannot reach Carpool's host: no adapter of Carpool runs this file; add `plugins: \[carpool\(\)\]` /,
  );
  expect(error.stack?.split('\n')[1]).toContain('no-adapter.test.ts');
});

test('an address in the environment that is none: the error names the variable, at the line of the call', async () => {
  vi.stubEnv('CARPOOL_ADDRESS', 'nonsense');
  const error = await failure(lock('x').acquire(), 'HUB_UNREACHABLE');
  expect(error.message).toMatch(/ is none of Carpool: .*\. The address is the value of CARPOOL_ADDRESS: unset it, /);
  expect(error.stack?.split('\n')[1]).toContain('no-adapter.test.ts');
});

test('where there are no tests, no lease can have the scope of a test', async () => {
  const { address } = await serve({});
  vi.stubEnv('CARPOOL_ADDRESS', address);
  const error = await failure(lock('x').acquire({ scope: 'test' }), 'LEASE_INVALID');
  expect(error.message).toBe("Cannot take it for a test: no test is running here; take it with `scope: 'file'`");
});
