/** What the child finds wrong with what a session sent. */
import type { Session } from '../../session/types.ts';
import { becomes, failing, on, type SessionContract } from './subject.ts';

export function diagnosticsContract(contract: SessionContract): void {
  const { expect } = contract;
  const events = on(contract, 'says-on-request');
  const fails = on(contract, 'says-on-request', { diagnostics: 'fail', maxSessions: 2 });

  /** Makes the child find fault with this session, or with one that it does not name. */
  function findFault(session: Session, message: string, named = session.id): void {
    session.send({ type: 'say', messages: [{ type: 'diagnostic', session: named, code: 'bad_prop', message }] });
  }

  events('a diagnostic is an event, and the end of the session does not fail', async (pool) => {
    const session = await pool.register();
    findFault(session, 'no such colour');
    expect(await session.event()).toMatchObject({ type: 'diagnostic', message: 'no such colour' });
    await session.unregister();
  });

  fails('with `fail`, unregistering fails with the diagnostics, and the slot is free', async (pool) => {
    const session = await pool.register();
    for (const message of ['no such colour', 'no such size', 'no such colour']) findFault(session, message);
    expect(await session.request({ type: 'query' }), 'the session lives on').toMatchObject({ type: 'reply' });
    expect(await session.event()).toMatchObject({ type: 'diagnostic', message: 'no such colour' });
    const error = await failing(contract, 'SESSION_DIAGNOSTICS', session.unregister());
    expect(error.message).toContain(`what session ${session.id} sent:\n`);
    expect(error.message).toContain('\n  bad_prop: no such colour\n  bad_prop: no such size\n');
    expect(error.context).toMatchObject({ session: session.id, diagnostics: 3 });
    expect(error.evidence.messages?.join('\n')).toMatch(/← .*no such size/);
    expect(await pool.stats()).toMatchObject({ open: 0, quarantined: 0 });
    const next = await pool.register({ wait: false });
    await next.unregister();
  });

  fails('one that is still on its way when the end begins counts', async (pool) => {
    const session = await pool.register();
    findFault(session, 'no such colour');
    const error = await failing(contract, 'SESSION_DIAGNOSTICS', session.unregister());
    expect(error.message).toContain('bad_prop: no such colour');
  });

  fails('`await using` fails with them', async (pool) => {
    const using = async (): Promise<void> => {
      await using session = await pool.register();
      findFault(session, 'no such colour');
    };
    await failing(contract, 'SESSION_DIAGNOSTICS', using);
    expect(await pool.stats()).toMatchObject({ open: 0 });
  });

  fails('only the session that the child names is concerned, and no request fails', async (pool) => {
    const [session, other] = [await pool.register(), await pool.register()];
    const request = session.request({ type: 'query' });
    findFault(other, 'no such colour', session.id);
    await other.request({ type: 'query' });
    expect(await request).toMatchObject({ type: 'reply' });
    await other.unregister();
    await failing(contract, 'SESSION_DIAGNOSTICS', session.unregister());
  });

  fails('if the child names no session, all that were open say so and name each other', async (pool) => {
    const [session, other] = [await pool.register(), await pool.register()];
    findFault(session, 'no such font', '');
    await session.request({ type: 'query' });
    for (const each of [session, other]) {
      const error = await failing(contract, 'SESSION_DIAGNOSTICS', each.unregister());
      expect(error.message).toContain(
        `bad_prop: no such font (the child does not say which session this is about, so it may be another's; open were ${session.id}, ${other.id})`,
      );
    }
    const third = await pool.register();
    findFault(third, 'no such font', '');
    const error = await failing(contract, 'SESSION_DIAGNOSTICS', third.unregister());
    expect(error.message).toContain(`(the child names no session; ${third.id} was the only one open)`);
    const fourth = await pool.register();
    await fourth.unregister();
  });

  fails('their number and their length are bounded', async (pool) => {
    const session = await pool.register();
    for (let n = 0; n < 50; n++) findFault(session, `${n} ${'x'.repeat(5_000)}`);
    const error = await failing(contract, 'SESSION_DIAGNOSTICS', session.unregister());
    expect(error.message).toContain('\n  and 30 more');
    expect(error.message.length < 60_000, `${error.message.length} characters`).toBe(true);
    await becomes(pool, { open: 0 });
  });
}
