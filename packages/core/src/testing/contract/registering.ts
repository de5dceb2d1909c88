/** Taking a slot: at once, in a queue, or not at all. */
import type { Session } from '../../session/types.ts';
import { becomes, failing, later, on, type SessionContract } from './subject.ts';

export function registerContract(contract: SessionContract): void {
  const { expect } = contract;
  const one = on(contract, 'echo', { maxSessions: 1 });
  const two = on(contract, 'echo', { maxSessions: 2 });

  two('a registered session is open, with an id, a format and the hello of the child', async (pool) => {
    const [a, b] = [await pool.register(), await pool.register()];
    expect(a.id === b.id).toBe(false);
    expect(a.hello).toMatchObject({ type: 'hello', version: 1 });
    expect(a.format).toMatch(/^(json|msgpack)$/);
    expect(a.closeReason).toBe(undefined);
    expect(await pool.stats()).toMatchObject({ open: 2, children: 1, sessions: 2, peak: 2, queued: 0 });
  });

  one('waiters for a slot are served in order', async (pool) => {
    const served: string[] = [];
    let session = await pool.register();
    const waiting: Promise<Session>[] = [];
    for (const name of ['first', 'second', 'third']) {
      const next = pool.register();
      waiting.push(next);
      void next.then(() => served.push(name));
      await becomes(pool, { queued: waiting.length });
    }
    for (const next of waiting) {
      await session.unregister();
      session = await next;
    }
    expect(served).toEqual(['first', 'second', 'third']);
    expect(await pool.stats()).toMatchObject({ open: 1, peak: 1, queued: 0, sessions: 4 });
  });

  one('without waiting a full pool fails at once, and names the holders', async (pool) => {
    await pool.register({ holder: { test: 'cart › adds an item', file: 'cart.test.ts' } });
    const error = await failing(contract, 'POOL_FULL', pool.register({ wait: false }));
    expect(error.message).toMatch(
      /^Cannot register a session: the only slot is busy in "echoes"; held for \d+ ms by "cart › adds an item"/,
    );
    expect(error.message).toMatch(/registering\.[jt]s:\d+|cart\.test\.ts/);
    expect(error.context).toMatchObject({ pool: 'echoes', holders: [{ test: 'cart › adds an item' }] });
    expect(error.scope).toBe('call');
    expect(await pool.stats()).toMatchObject({ queued: 0, open: 1 });
  });

  one('a wait that takes too long fails with its length and the holders', async (pool) => {
    await pool.register({ holder: { test: 'a greedy test' } });
    const error = await failing(contract, 'POOL_QUEUE_TIMEOUT', pool.register({ timeout: 30 }));
    expect(error.message).toMatch(/30 ms.*"a greedy test".*maxSessions/);
    await becomes(pool, { queued: 0, open: 1 });
  });

  on(contract, 'echo', { maxSessions: 1, registerTimeout: 30 })(
    'the pool says how long to wait where the call does not',
    async (pool) => {
      await pool.register();
      const error = await failing(contract, 'POOL_QUEUE_TIMEOUT', pool.register());
      expect(error.context).toMatchObject({ timeout: 30 });
    },
  );

  on(contract, 'echo', { maxSessions: 1, maxQueued: 1 })('the queue is bounded', async (pool) => {
    const session = await pool.register();
    const waiting = pool.register();
    await becomes(pool, { queued: 1 });
    const error = await failing(contract, 'POOL_FULL', pool.register());
    expect(error.message).toContain('1 call');
    await session.unregister();
    await (await waiting).unregister();
  });

  one('waiting can be given up, with the reason of the signal', async (pool) => {
    const session = await pool.register();
    const given = new AbortController();
    const waiting = later(pool.register({ signal: given.signal }));
    await becomes(pool, { queued: 1 });
    const reason = new Error('the test is over');
    given.abort(reason);
    expect(await waiting.catch((thrown: unknown) => thrown)).toBe(reason);
    await becomes(pool, { queued: 0 });
    await session.unregister();
    await becomes(pool, { open: 0 });
  });

  two('a signal that has fired already takes no slot', async (pool) => {
    const reason = new Error('over before it began');
    const thrown = await pool.register({ signal: AbortSignal.abort(reason) }).catch((error: unknown) => error);
    expect(thrown).toBe(reason);
    await becomes(pool, { open: 0, queued: 0 });
  });

  const open = { send: { type: 'open' }, expect: { type: 'opened' } };
  const close = { send: { type: 'reset' }, expect: { type: 'closed' } };
  const hello = { send: { type: 'settings' }, expect: { type: 'hello' } };

  on(contract, 'opens-late', { protocol: { hello, open, close } })(
    'opening can be given up; a session that opens too late is ended, and its slot is free',
    async (pool) => {
      const first = await pool.register();
      expect(first.opened).toMatchObject({ type: 'opened' });
      const given = new AbortController();
      const opening = later(pool.register({ signal: given.signal }));
      await becomes(pool, { open: 2 });
      for (;;) {
        const { open: ids } = (await first.request({ type: 'list' })) as { readonly open: readonly string[] };
        if (ids.length === 2) break;
      }
      const reason = new Error('enough');
      given.abort(reason);
      expect(await opening.catch((thrown: unknown) => thrown)).toBe(reason);
      await first.request({ type: 'let-in' });
      await becomes(pool, { open: 1, quarantined: 0 });
      expect(await first.request({ type: 'list' })).toMatchObject({ open: [first.id] });
    },
  );

  two('an owner has one session at a time, and the error names it', async (pool) => {
    const session = await pool.register({ owner: 'the cart' });
    const error = await failing(contract, 'ALREADY_REGISTERED', pool.register({ owner: 'the cart' }));
    expect(error.message).toContain(`"the cart" already has session ${session.id}`);
    expect(error.context).toMatchObject({ owner: 'the cart', session: session.id });
    const other = await pool.register({ owner: 'the till' });
    await session.unregister();
    await other.unregister();
    await (await pool.register({ owner: 'the cart' })).unregister();
  });

  one('an owner that waits has its place in the queue once', async (pool) => {
    const session = await pool.register();
    const waiting = pool.register({ owner: 'the cart' });
    await becomes(pool, { queued: 1 });
    await failing(contract, 'ALREADY_REGISTERED', pool.register({ owner: 'the cart' }));
    await session.unregister();
    await (await waiting).unregister();
    await becomes(pool, { open: 0, queued: 0 });
  });

  on(contract, 'echo', { maxSessions: 3 })('many come and go, and none is lost', async (pool) => {
    const visits = Array.from({ length: 40 }, async (_, n) => {
      const session = await pool.register();
      const reply = await session.request({ type: 'visit', n });
      await session.unregister();
      return (reply['echo'] as { readonly n: number }).n;
    });
    const all = await Promise.all(visits);
    expect(all).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(await pool.stats()).toMatchObject({ open: 0, peak: 3, sessions: 40, children: 1, quarantined: 0 });
  });
}
