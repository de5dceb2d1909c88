/** Releasing a slot, and what a session does after its end. */
import { becomes, failing, on, type SessionContract } from './subject.ts';

export function unregisterContract(contract: SessionContract): void {
  const { expect } = contract;
  const one = on(contract, 'echo', { maxSessions: 1 });

  one('unregistering resolves when the child has confirmed, and the slot is free then', async (pool) => {
    const session = await pool.register();
    await session.unregister();
    expect(await pool.stats()).toMatchObject({ open: 0, quarantined: 0 });
    const next = await pool.register({ wait: false });
    expect(next.id === session.id).toBe(false);
    await next.unregister();
  });

  one('unregistering twice is a mistake, at once or later', async (pool) => {
    const session = await pool.register();
    const first = session.unregister();
    const error = await failing(contract, 'SESSION_CLOSED', session.unregister());
    expect(error.message).toMatch(/^Cannot unregister: session \S+ was closed by `unregister` \d+ ms ago$/);
    await first;
    await failing(contract, 'SESSION_CLOSED', session.unregister());
  });

  one('`await using` unregisters, and does no harm after `unregister`', async (pool) => {
    {
      await using session = await pool.register();
      await session.request({ type: 'query' });
    }
    expect(await pool.stats()).toMatchObject({ open: 0 });
    {
      await using session = await pool.register();
      await session.unregister();
    }
    expect(await pool.stats()).toMatchObject({ open: 0 });
  });

  one('the promise `closed` says what ended the session and why', async (pool) => {
    const session = await pool.register();
    await session.unregister();
    expect(await session.closed).toMatchObject({ by: 'unregister', reason: 'by `unregister`' });
    expect(session.closeReason).toMatchObject({ by: 'unregister' });
  });

  one('after its end a session refuses every call, and says what ended it', async (pool) => {
    const session = await pool.register();
    await session.unregister();
    const calls = [
      () => session.send({ type: 'query' }),
      () => session.request({ type: 'query' }),
      () => session.interact({ type: 'query' }),
      () => session.event(),
    ];
    for (const call of calls) {
      const error = await failing(contract, 'SESSION_CLOSED', call);
      expect(error.message).toMatch(/session \S+ was closed by `unregister` \d+ ms ago$/);
      expect(error.scope).toBe('call');
    }
    const events = [];
    for await (const event of session.events()) events.push(event);
    expect(events).toEqual([]);
  });

  on(contract, 'answers-late')('requests without a reply fail at the end', async (pool) => {
    const session = await pool.register();
    const request = session.request({ type: 'query' });
    const interaction = session.interact({ type: 'interact' });
    const event = session.event();
    await session.unregister();
    for (const waiting of [request, interaction, event]) {
      const error = await failing(contract, 'SESSION_CLOSED', waiting);
      expect(error.message).toMatch(/was closed by `unregister`/);
    }
  });

  on(contract, 'never-confirms', { closeTimeout: 60, maxSessions: 4, maxQuarantined: 3 })(
    'a session whose end the child does not confirm fails, and its slot is not used again',
    async (pool) => {
      const session = await pool.register();
      const error = await failing(contract, 'REQUEST_TIMEOUT', session.unregister());
      // The time is that of the pool's option, however many processes are in between.
      expect(error.message).toMatch(
        /^Cannot unregister session .*not confirm.*within 60 ms.*its slot is not used again/,
      );
      expect(error.evidence.messages?.join('\n')).toMatch(/→ .*"reset"/);
      await becomes(pool, { open: 0, quarantined: 1 });
      await pool.register();
      expect(await pool.stats()).toMatchObject({ open: 1, quarantined: 1, children: 1 });
    },
  );
}
