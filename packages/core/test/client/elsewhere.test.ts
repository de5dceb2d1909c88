// A worker whose host sends its registrations to another one, over real connections.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { CarpoolError } from '../../src/base/errors.ts';
import { HostClient } from '../../src/client/client.ts';
import { Hub } from '../../src/host/hub/hub.ts';
import type { HubOpenOptions, HubPool } from '../../src/host/hub/hub-pool.ts';
import { formatAddress } from '../../src/wire/address.ts';
import { Elsewhere } from '../../src/wire/elsewhere.ts';
import { failure } from '../support/failure.ts';
import { echoes, serve, type Served } from '../support/hubs.ts';
import { closing, place, pool as childPool, program } from '../support/pools.ts';

let hubs = 0;

type Open = (options: HubOpenOptions, ...call: never[]) => Promise<unknown>;

/**
 * A hub whose pool does this with a registration. For one that waits on another host no other one has a slot.
 * @param openedElsewhere is told of sessions on other hosts
 */
async function hubOf(register: Open, openedElsewhere?: (host: string) => void): Promise<string> {
  const open: Open = async (options, ...call) => {
    const { tried = [] } = options;
    if (tried.some(({ failure: failed }) => failed === undefined)) throw new CarpoolError('POOL_FULL', 'All are busy');
    return await register(options, ...call);
  };
  const token = randomBytes(32).toString('hex');
  const path = join(place().path, `first-${++hubs}`);
  const { settings } = childPool('echo');
  const placed = { settings, open, openedElsewhere, replaceIfChanged: async () => {} };
  const pools = new Map([['echoes', placed as unknown as HubPool]]);
  const hub = new Hub({ token, pools: Promise.resolve(pools) });
  closing(hub);
  await hub.listen(path);
  return formatAddress({ path, token });
}

/** Sends all to another host. */
const sendsTo =
  ({ address }: Pick<Served, 'address'>, host = 'b') =>
  async (): Promise<never> => {
    throw new Elsewhere({ host, name: `ci-${host}`, address });
  };

async function worker(address: string): Promise<HostClient> {
  return closing(await HostClient.connect({ address, runner: 'a test' }));
}

test('its session is there, and ends with its owners and with the worker', async () => {
  const there = await echoes();
  const client = await worker(await hubOf(sendsTo(there)));
  const session = await client.register('echoes', { under: ['a.test', 't1'] });
  expect(await session.request({ type: 'say', text: 'hello' })).toMatchObject({ echo: { text: 'hello' } });
  await client.end(['a.test', 't1']);
  expect(await client.release(['a.test'])).toBe(0);
  expect(there.pool().stats()).toMatchObject({ sessions: 1, open: 0 });
  await client.register('echoes');
  client.close();
  await expect.poll(() => [there.hub.peers, there.pool().stats().open]).toEqual([0, 0]);
});

test('the host of the run hears of each session that was opened there, and of none that was not', async () => {
  const there = await serve({ echoes: program('echo', { maxSessions: 1 }) });
  const opened: string[] = [];
  const client = await worker(await hubOf(sendsTo(there), (host) => opened.push(host)));
  await client.register('echoes');
  await failure(client.register('echoes', { timeout: 600 }), 'POOL_QUEUE_TIMEOUT');
  await expect.poll(() => opened).toEqual(['b']);
});

test('what fails there says where, with all of the time that the call has waited, at its line', async () => {
  const there = await serve({ echoes: program('echo', { maxSessions: 1 }) });
  const client = await worker(await hubOf(sendsTo(there)));
  await client.register('echoes');
  const error = await failure(client.register('echoes', { timeout: 600 }), 'POOL_QUEUE_TIMEOUT');
  expect(error.message).toMatch(
    /^On ci-b: Cannot register a session: the only slot was busy in "echoes" for 600 ms, `timeout` of the call; /,
  );
  expect(error.context).toMatchObject({ host: 'ci-b', timeout: 600 });
  expect(error.stack).toMatch(/\n +at .*elsewhere\.test\.ts/);
});

test('one that is sent on by a host to which it was sent stays with the first: none sends it round', async () => {
  const here = childPool('echo');
  const asked: HubOpenOptions[] = [];
  const second = await hubOf(async (options) => {
    asked.push(options);
    return await sendsTo({ address: first }, 'c')();
  });
  const first: string = await hubOf(async (options, ...call) => {
    asked.push(options);
    if (options.tried?.length === 0) return await sendsTo({ address: second })();
    return await here.open(options, ...(call as unknown as [never, never]));
  });
  const client = await worker(first);
  const session = await client.register('echoes');
  expect(await session.request({ type: 'say', text: 'hello' })).toMatchObject({ echo: { text: 'hello' } });
  expect(asked.map(({ tried }) => tried)).toEqual([
    [],
    undefined,
    [
      {
        host: 'b',
        name: 'ci-b',
        failure: {
          code: 'HUB_LOST',
          message: 'Cannot register a session of "echoes": the session is registered on ci-c',
        },
      },
    ],
  ]);
});

test('a worker that is sent elsewhere while it disconnects connects to nothing', async () => {
  const there = await echoes();
  const client = await worker(await hubOf(sendsTo(there)));
  const connecting = vi.spyOn(HostClient, 'connect');
  const [loading, loaded] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  vi.doMock('../../src/client/other-hosts.ts', async (original) => {
    loading.resolve();
    await loaded.promise;
    return await original();
  });
  try {
    const refused = failure(client.register('echoes'), 'HUB_LOST');
    await loading.promise;
    client.close();
    await client.closed;
    loaded.resolve();
    expect((await refused).message).toContain('this process has disconnected');
    expect(connecting).not.toHaveBeenCalled();
  } finally {
    connecting.mockRestore();
    vi.doUnmock('../../src/client/other-hosts.ts');
  }
});
