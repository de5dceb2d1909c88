// Locks and semaphores of tests in several workers, through a hub.
import { describe, expect, test } from 'vitest';
import { lock, once, rwlock, semaphore } from '../../src/entry/coordination.ts';
import type { Hub } from '../../src/host/hub/hub.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { until } from '../support/pools.ts';
import { endTest, running } from '../support/tests.ts';

const waiting = (hub: Hub, count: number): Promise<void> =>
  until(`${count} wait`, () => hub.coordination.ledger.waiting === count);
const holding = (hub: Hub, count: number): Promise<void> =>
  until(`${count} are held`, () => hub.coordination.ledger.held === count);

describe('a lock', () => {
  test('is held by one test of all workers, and passed on in the order of the requests', async () => {
    const served = await serve({});
    const [a, b, c] = [await running(served, 'a'), await running(served, 'b'), await running(served, 'c')];
    const order: string[] = [];
    const first = await a.as(() => lock('db').acquire());
    expect([first.name, first.held]).toEqual(['db', true]);
    const second = b.as(() => lock('db').acquire()).then((lease) => (order.push('b'), lease));
    await waiting(served.hub, 1);
    const third = c.as(() => lock('db').acquire()).then((lease) => (order.push('c'), lease));
    await waiting(served.hub, 2);
    first.release();
    (await second).release();
    (await third).release();
    expect(order).toEqual(['b', 'c']);
    expect(first.held).toBe(false);
    await holding(served.hub, 0);
  });

  test('is released by `using`, and disposing twice has no further effect', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    {
      using lease = await a.as(() => lock('db').acquire());
      expect(lease.held).toBe(true);
      lease.release();
      const other = await b.as(() => lock('db').acquire());
      lease.release();
      lease[Symbol.dispose]();
      await lease[Symbol.asyncDispose]();
      expect(other.held).toBe(true);
      await failure(
        a.as(() => lock('db').acquireNow()),
        'LEASE_TAKEN',
      );
      other.release();
    }
    await using again = await b.as(() => lock('db').acquire());
    expect(again.held).toBe(true);
  });

  test('that is taken is refused to a call that does not wait, at its line, with the holder', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'cart › adds'), await running(served, 'b')];
    await a.as(() => lock('db').acquire());
    // The call site is sent after the turn in which the lock was granted.
    await new Promise((resolve) => setImmediate(resolve));
    const error = await failure(
      b.as(() => lock('db').acquireNow()),
      'LEASE_TAKEN',
    );
    expect(error.message).toMatch(
      /^Cannot acquire lock "db" at once: held for \d+ ms by "cart › adds" \(\S+locks\.test\.ts:\d+:\d+\)$/,
    );
    expect(error.stack?.split('\n')[1]).toContain('locks.test.ts');
    expect(error.context['holders']).toMatchObject([{ test: 'cart › adds', file: 'cart › adds.test.ts' }]);
  });

  test('that is not released in time fails with its holder, how long it was held, and where it was taken', async () => {
    const clock = new FakeClock();
    const served = await serve({}, { clock });
    const [a, b, c] = [await running(served, 'a'), await running(served, 'b'), await running(served, 'c')];
    await a.as(() => lock('db').acquire());
    clock.pass(57_000);
    const failing = failure(
      b.as(() => lock('db').acquire({ timeout: 5_000 })),
      'LEASE_TIMEOUT',
    );
    await waiting(served.hub, 1);
    const next = c.as(() => lock('db').acquire({ timeout: 6_000 }));
    await waiting(served.hub, 2);
    clock.pass(5_000);
    const error = await failing;
    expect(error.message).toMatch(
      /^Cannot acquire lock "db": timed out after 5000 ms; held for 62 s by "a" \(\S+locks\.test\.ts:\d+:\d+\)\. Release it earlier \(`using`\), or raise `timeout`$/,
    );
    expect(error.stack?.split('\n')[1]).toContain('locks.test.ts');
    // Its place in the queue is free.
    await endTest(a);
    expect((await next).held).toBe(true);
    clock.pass(60_000);
    expect((await next).held).toBe(true);
  });

  test('has a default timeout of a minute', async () => {
    const clock = new FakeClock();
    const served = await serve({}, { clock });
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    await a.as(() => lock('db').acquire());
    const failing = failure(
      b.as(() => lock('db').acquire()),
      'LEASE_TIMEOUT',
    );
    await waiting(served.hub, 1);
    clock.pass(59_999);
    expect(served.hub.coordination.ledger.waiting).toBe(1);
    clock.pass(1);
    expect((await failing).message).toContain('timed out after 60000 ms');
  });

  test.each([NaN, -1])('is not waited for for %s ms', async (timeout) => {
    const a = await running(await serve({}), 'a');
    const error = await failure(
      a.as(() => lock('db').acquire({ timeout })),
      'LEASE_INVALID',
    );
    expect(error.message).toContain('`timeout` is a number');
  });

  test('is no longer waited for after an abort, before or during the wait', async () => {
    const served = await serve({});
    const [a, b, c] = [await running(served, 'a'), await running(served, 'b'), await running(served, 'c')];
    const first = await a.as(() => lock('db').acquire());
    const reason = new Error('no more');
    await expect(b.as(() => lock('db').acquire({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    const controller = new AbortController();
    const second = b.as(() => lock('db').acquire({ signal: controller.signal }));
    await waiting(served.hub, 1);
    const third = c.as(() => lock('db').acquire());
    await waiting(served.hub, 2);
    controller.abort(reason);
    await expect(second).rejects.toBe(reason);
    first.release();
    expect((await third).held).toBe(true);
    expect(served.hub.coordination.ledger.waiting).toBe(0);
  });

  test('that was granted while its caller gave up is released', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    const controller = new AbortController();
    const given = a.as(() => lock('db').acquire({ signal: controller.signal }));
    // The call is on its way, or has been answered; the test has not looked.
    await holding(served.hub, 1);
    controller.abort();
    await given.then(
      (lease) => lease.release(),
      () => {},
    );
    expect((await b.as(() => lock('db').acquire())).held).toBe(true);
  });
});

describe('a semaphore', () => {
  test('is weighted, released in parts, and counted', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    const cpu = semaphore('cpu', 3);
    const all = await a.as(() => cpu.acquire(3));
    const two = b.as(() => cpu.acquire(2));
    await waiting(served.hub, 1);
    all.release(1);
    expect(all.weight).toBe(2);
    all.release(1);
    const got = await two;
    expect([all.weight, got.weight]).toEqual([1, 2]);
    all.release();
    expect([all.weight, all.held]).toEqual([0, false]);
    all.release(1);
    const one = await a.as(() => cpu.acquireNow());
    const error = await failure(
      a.as(() => cpu.acquireNow()),
      'LEASE_TAKEN',
    );
    expect(error.message).toContain('Cannot acquire 1 of semaphore "cpu" at once: 3 of 3 are taken');
    for (const amount of [2, 0, 0.5, -1, NaN]) {
      const refused = await failure(() => one.release(amount), 'LEASE_INVALID');
      expect(refused.message).toContain('a whole number from 1 to 1');
      expect(refused.stack?.split('\n')[1]).toContain('locks.test.ts');
    }
    expect(one.weight).toBe(1);
  });

  test('refuses what it cannot give, at once, and goes on', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    const cpu = semaphore('cpu', 3);
    for (const weight of [4, 0, 0.5, -1]) {
      const error = await failure(
        a.as(() => cpu.acquire(weight)),
        'LEASE_INVALID',
      );
      expect(error.stack?.split('\n')[1]).toContain('locks.test.ts');
    }
    for (const size of [NaN, Infinity, 0]) {
      await failure(
        a.as(() => semaphore('other', size).acquire()),
        'LEASE_INVALID',
      );
    }
    expect((await b.as(() => cpu.acquire(3))).weight).toBe(3);
  });

  test('of another size, or a lock of the same name, is an error that names both', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    await a.as(() => semaphore('x', 3).acquire());
    const size = await failure(
      b.as(() => semaphore('x', 4).acquire()),
      'LEASE_INVALID',
    );
    expect(size.message).toMatch(
      /here it is a semaphore of 4, and in this run it is a semaphore of 3 already, first used by "a" \(/,
    );
    for (const other of [lock('x').acquire, rwlock('x').acquireRead]) {
      await failure(
        b.as(() => other()),
        'LEASE_INVALID',
      );
    }
    await endTest(a);
    await served.hub.run();
    expect((await b.as(() => semaphore('x', 4).acquire(4))).weight).toBe(4);
  });
});

test('a reader-writer lock has many readers or one writer, and starves no writer', async () => {
  const served = await serve({});
  const [a, b, c] = [await running(served, 'a'), await running(served, 'b'), await running(served, 'c')];
  const d = await running(served, 'd');
  const data = rwlock('data');
  const readings = [await a.as(() => data.acquireRead()), await b.as(() => data.acquireReadNow())];
  const writing = c.as(() => data.acquireWrite());
  await waiting(served.hub, 1);
  const late = d.as(() => data.acquireRead());
  await waiting(served.hub, 2);
  // It would wait for the writer, which waits for it.
  const error = await failure(
    a.as(() => data.acquireRead()),
    'LEASE_DEADLOCK',
  );
  expect(error.message).toMatch(/"a" waits for lock "data" for reading, behind "c" \(/);
  for (const call of [data.acquireReadNow, data.acquireWriteNow]) {
    await failure(
      b.as(() => call()),
      'LEASE_TAKEN',
    );
  }
  for (const reading of readings) reading.release();
  const writer = await writing;
  expect(writer.held).toBe(true);
  expect(served.hub.coordination.ledger.waiting).toBe(1);
  writer.release();
  expect((await late).held).toBe(true);
});

describe('tests that would wait for each other', () => {
  test('two: the call that closes the cycle fails at its line, and the other goes on', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    await a.as(() => lock('x').acquire());
    await b.as(() => lock('y').acquire());
    const waits = a.as(() => lock('y').acquire());
    await waiting(served.hub, 1);
    const error = await failure(
      b.as(() => lock('x').acquire()),
      'LEASE_DEADLOCK',
    );
    expect(error.message).toMatch(
      /deadlock\. Acquire in the same order everywhere\n {2}"b" waits for lock "x", which "a" \(\S+\.ts:\d+:\d+\) holds\n {2}"a" waits for lock "y", which "b" \(\S+\.ts:\d+:\d+\) holds$/,
    );
    expect(error.stack?.split('\n')[1]).toContain('locks.test.ts');
    await endTest(b);
    expect((await waits).held).toBe(true);
  });

  test('three', async () => {
    const served = await serve({});
    const [a, b, c] = [await running(served, 'a'), await running(served, 'b'), await running(served, 'c')];
    await a.as(() => lock('x').acquire());
    await b.as(() => lock('y').acquire());
    await c.as(() => lock('z').acquire());
    const waits = [a.as(() => lock('y').acquire()), b.as(() => lock('z').acquire())];
    await waiting(served.hub, 2);
    const error = await failure(
      c.as(() => lock('x').acquire()),
      'LEASE_DEADLOCK',
    );
    for (const name of ['"a" waits for', '"b" waits for', '"c" waits for']) expect(error.message).toContain(name);
    await endTest(c);
    (await waits[1]!).release();
    await endTest(b);
    expect((await waits[0]!).held).toBe(true);
  });

  test('for what they took for their files', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    await a.asFile(() => lock('x').acquire());
    await b.as(() => lock('y').acquire({ scope: 'file' }));
    const waits = a.as(() => lock('y').acquire({ scope: 'worker' }));
    await waiting(served.hub, 1);
    await failure(
      b.as(() => lock('x').acquire({ scope: 'worker' })),
      'LEASE_DEADLOCK',
    );
    await b.file.end();
    expect((await waits).held).toBe(true);
  });

  test('are not two flows of one test, and may wait with detectDeadlock: false', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    const first = await a.asFlow(() => lock('x').acquire());
    const second = a.asFlow(() => lock('x').acquire());
    await waiting(served.hub, 1);
    await b.as(() => lock('y').acquire());
    const other = b.as(() => lock('x').acquire());
    await waiting(served.hub, 2);
    const last = a.as(() => lock('y').acquire({ detectDeadlock: false, timeout: 20 }));
    await failure(last, 'LEASE_TIMEOUT');
    first.release();
    (await second).release();
    expect((await other).held).toBe(true);
  });

  test('are told at once to a call chain that holds it already', async () => {
    const served = await serve({});
    const a = await running(served, 'a');
    using held = await a.as(() => lock('x').acquire());
    const again = await failure(
      a.as(() => lock('x').acquire()),
      'LEASE_DEADLOCK',
    );
    expect(again.message).toMatch(
      /^Cannot acquire lock "x": this would deadlock\. .*\n {2}"a" waits for lock "x", which "a" \(/,
    );
    expect(held.held).toBe(true);
    using _ = await a.as(() => rwlock('data').acquireRead());
    await failure(
      a.as(() => rwlock('data').acquireWrite()),
      'LEASE_DEADLOCK',
    );
    const value = a.as(() => once('key', () => a.asHere(() => once('key', () => 1))));
    await failure(value, 'LEASE_DEADLOCK');
  });

  test('are none among flows of one test that wait for each other and go on', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    // Each takes one of its own order, and another one when that is released.
    const flow = async ({ asFlow }: typeof a, order: readonly string[]): Promise<void> => {
      for (const name of order) {
        using held = await asFlow(() => lock(name).acquire());
        expect(held.held).toBe(true);
      }
    };
    const orders = [
      ['x', 'y', 'z'],
      ['z', 'y', 'x'],
      ['y', 'x', 'z'],
    ].flatMap((order) => Array(10).fill(order));
    await Promise.all(orders.flatMap((order: string[]) => [flow(a, order), flow(b, order)]));
    const { ledger } = served.hub.coordination;
    await until('all is released', () => ledger.held === 0);
    expect(ledger.waiting).toBe(0);
  });
});

test('a flow holds what was granted to it, and not what another flow was granted', async () => {
  const served = await serve({});
  const [a, b] = [await running(served, 'a'), await running(served, 'b')];
  const y = await b.as(() => lock('y').acquire());
  const flows = a.as(() => {
    const first = async (): Promise<void> => {
      using _x = await a.asHere(() => lock('x').acquire());
      await released.promise;
    };
    const second = async (): Promise<string> => {
      using own = await a.asHere(() => lock('y').acquire());
      return own.name;
    };
    return [first(), second()] as const;
  });
  const released = Promise.withResolvers<void>();
  await waiting(served.hub, 1);
  // The second flow of `a` waits for `b`, which waits for the first one: and that goes on.
  const x = b.as(() => lock('x').acquire());
  await waiting(served.hub, 2);
  released.resolve();
  expect((await x).held).toBe(true);
  y.release();
  expect(await flows[1]).toBe('y');
});
