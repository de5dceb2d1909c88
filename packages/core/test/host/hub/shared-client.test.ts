import { expect, test } from 'vitest';
import { sharedClient } from '../../../src/client/shared-client.ts';
import { failure } from '../../support/failure.ts';
import { serve } from '../../support/hubs.ts';
import { closing, place, program } from '../../support/pools.ts';

test('all copies of the module in one worker share one connection', async () => {
  const served = await serve({ echoes: program('echo') });
  const options = { address: served.address, runner: 'a test' };
  const [first, second] = await Promise.all([sharedClient(options), sharedClient(options)]);
  expect(second).toBe(first);
  closing(first);
  expect(served.hub.peers).toBe(1);
});

test('a connection that has ended is replaced by the next call', async () => {
  const served = await serve({ echoes: program('echo') });
  const options = { address: served.address, runner: 'a test' };
  const first = await sharedClient(options);
  first.close();
  await first.closed;
  const second = closing(await sharedClient(options));
  expect(second).not.toBe(first);
  expect(await second.pools()).toEqual(['echoes']);
});

test('a connection that failed is tried again by the next call', async () => {
  const address = `carpool:${place().path}/missing#${'a'.repeat(64)}`;
  const options = { address, runner: 'a test' };
  const [first, second] = [sharedClient(options), sharedClient(options)];
  expect(second).toBe(first);
  await failure(first, 'HUB_UNREACHABLE');
  expect(sharedClient(options)).not.toBe(first);
  await failure(sharedClient(options), 'HUB_UNREACHABLE');
});
