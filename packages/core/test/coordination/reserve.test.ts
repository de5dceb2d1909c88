// Values and ports that no two tests share, with real sockets that occupy some ports.
import { once as event } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isFree } from '../../src/process/port-check.ts';
import { getPort, leasePort, reservations, reserve } from '../../src/entry/coordination.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { until } from '../support/pools.ts';
import { endTest, running } from '../support/tests.ts';

describe('values', () => {
  test('are reserved once and free again after the test; the call returns those that were free', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    const first = await a.as(() => reserve('alice', 'bob'));
    expect(first.values).toEqual(['alice', 'bob']);
    const second = await b.as(() => reserve('bob', 'carol'));
    expect([second.values, second.held]).toEqual([['carol'], true]);
    const none = await b.as(() => reserve('alice', 'carol'));
    expect([none.values, none.held]).toEqual([[], false]);
    none.release();
    await endTest(a);
    expect((await b.as(() => reserve('alice', 'bob', 'carol'))).values).toEqual(['alice', 'bob']);
    second.release();
    second.release();
    expect((await b.as(() => reserve('carol'))).values).toEqual(['carol']);
  });

  test('are distinguished by type and by space', async () => {
    const a = await running(await serve({}), 'a');
    const got = await a.as(() => reserve(1, 1n, '1', 1, '1'));
    expect(got.values).toEqual([1, 1n, '1']);
    const tenants = reservations('tenants');
    expect((await a.as(() => tenants.reserve([1, 2]))).values).toEqual([1, 2]);
    expect((await a.as(() => tenants.reserve([2, 3], { scope: 'file' }))).values).toEqual([3]);
    await endTest(a);
    expect((await a.asFile(() => tenants.reserve([1, 2, 3]))).values).toEqual([1, 2]);
  });

  test('are reserved once, however many tests ask at the same time', async () => {
    const served = await serve({});
    const tests = await Promise.all(Array.from({ length: 4 }, (_, n) => running(served, `t${n}`)));
    const all = Array.from({ length: 50 }, (_, n) => n);
    const got = await Promise.all(tests.flatMap((one) => all.map((n) => one.as(() => reserve(n, n + 1, n + 2)))));
    const values = got.flatMap((reservation) => reservation.values);
    expect(values.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 52 }, (_, n) => n));
  });
});

async function listening(options: ListenOptions): Promise<Server> {
  const server = createServer();
  server.listen({ exclusive: true, ...options });
  await event(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

const hasIpv6 = Object.values(networkInterfaces()).some((found) => found?.some(({ address }) => address === '::1'));

describe('ports', () => {
  test('are leased once, however many tests ask at the same time', async () => {
    const served = await serve({});
    const tests = await Promise.all(Array.from({ length: 4 }, (_, n) => running(served, `t${n}`)));
    const ports = await Promise.all(tests.flatMap((one) => Array.from({ length: 20 }, () => one.as(() => getPort()))));
    expect(new Set(ports).size).toBe(80);
    for (const port of ports) expect(port).toBeGreaterThanOrEqual(10_000);
    for (const port of ports) expect(port).toBeLessThan(32_768);
    for (const port of ports.slice(0, 3)) await listening({ port });
  });

  const ipv6 = hasIpv6 ? [{ host: '::1' }, { host: '::', ipv6Only: true }, { host: '::' }] : [];
  test.each<ListenOptions>([{ host: '0.0.0.0' }, { host: '127.0.0.1' }, ...ipv6])(
    'with a listener on %j are never leased',
    async (options) => {
      const a = await running(await serve({}), 'a');
      const wanted = await a.as(() => leasePort());
      const { port } = wanted;
      await listening({ port, ...options });
      wanted.release();
      expect(await isFree(port)).toBe(false);
      expect(await a.as(() => getPort({ port }))).not.toBe(port);
      const others = await Promise.all(Array.from({ length: 40 }, () => a.as(() => getPort())));
      expect(others).not.toContain(port);
    },
  );

  test('that only the system may use count as taken, and foreign addresses are refused', async () => {
    const a = await running(await serve({}), 'a');
    await expect(a.as(() => getPort({ host: '203.0.113.1' }))).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
    // As root it is free; for others it is taken. In no case it is an error.
    expect(typeof (await isFree(1))).toBe('boolean');
    const port = await a.as(() => getPort({ host: '127.0.0.1' }));
    expect(await isFree(port, '127.0.0.1')).toBe(true);
  });

  test('may be leased again when they are released, which the end of the test does too', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    const [one, two] = [await a.as(() => leasePort()), await a.as(() => leasePort())];
    expect([one.held, one.name]).toEqual([true, `port ${one.port}`]);
    // Another worker does not get it, not even by its number.
    expect(await b.as(() => getPort({ port: [one.port, two.port] }))).not.toBe(one.port);
    {
      using again = one;
      expect(again.port).toBe(one.port);
    }
    one.release();
    expect(one.held).toBe(false);
    expect(await a.as(() => getPort({ port: one.port }))).toBe(one.port);
    await endTest(a);
    expect(two.held).toBe(false);
    expect(await a.asFile(() => getPort({ port: two.port }))).toBe(two.port);
    a.client.close();
    await until('its block is free', () => served.hub.coordination.reservations.size <= 16);
    expect(await b.as(() => getPort({ port: two.port }))).toBe(two.port);
  });

  test('may be preferred, in order, or excluded', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => a.as(() => leasePort())));
    for (const lease of [one!, two!, three!]) lease.release();
    await listening({ port: one!.port });
    a.client.close();
    await until('all are free', () => served.hub.coordination.reservations.size === 0);
    const wanted = [one!.port, two!.port, three!.port];
    expect(await b.as(() => getPort({ port: wanted, exclude: [two!.port] }))).toBe(three!.port);
    expect(await b.as(() => getPort({ port: wanted }))).toBe(two!.port);
    const range = Array.from({ length: 22_000 }, (_, n) => 10_000 + n);
    const outside = await b.as(() => getPort({ exclude: range }));
    expect(outside).toBeGreaterThanOrEqual(32_000);
  });

  test.each([0, 65_536, 1.5, NaN])('cannot be %s', async (port) => {
    const a = await running(await serve({}), 'a');
    expect(
      (
        await failure(
          a.as(() => getPort({ port })),
          'LEASE_INVALID',
        )
      ).message,
    ).toContain('from 1 to 65535');
  });

  test('are no longer searched after an abort', async () => {
    const a = await running(await serve({}), 'a');
    await expect(a.as(() => getPort({ signal: AbortSignal.abort(new Error('enough')) }))).rejects.toThrow('enough');
  });
});
