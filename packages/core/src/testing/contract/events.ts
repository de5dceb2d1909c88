/** Messages of the child that answer no request. */
import type { Session } from '../../session/types.ts';
import { failing, on, type SessionContract } from './subject.ts';

export function eventContract(contract: SessionContract): void {
  const { expect } = contract;
  const tells = on(contract, 'tells');
  const scripted = on(contract, 'says-on-request');
  const few = on(contract, 'says-on-request', { maxUnreadEvents: 3 });

  /** Makes the child send `count` events, and resolves when all of them have arrived. */
  async function tell(session: Session, ...texts: readonly string[]): Promise<void> {
    const events = texts.map((text) => ({ type: 'event', session: session.id, text }));
    session.send({ type: 'say', messages: events });
    await session.request({ type: 'query' });
  }

  tells('events come in order, also those from before the first read', async (pool) => {
    const session = await pool.register();
    await session.request({ type: 'query' });
    await session.request({ type: 'query' });
    const seen: unknown[] = [];
    for await (const { n } of session.events()) if (seen.push(n) === 6) break;
    expect(seen).toEqual([0, 1, 2, 0, 1, 2]);
  });

  tells('leaving the loop keeps the rest for the next one', async (pool) => {
    const session = await pool.register();
    await session.request({ type: 'query' });
    const seen: unknown[] = [];
    for (let loop = 0; loop < 3; loop++) {
      for await (const { n } of session.events()) {
        seen.push(n);
        break;
      }
    }
    expect(seen).toEqual([0, 1, 2]);
  });

  scripted('the next event that matches is taken, and the others stay', async (pool) => {
    const session = await pool.register();
    const wanted = session.event(({ text }) => text === 'third');
    await tell(session, 'first', 'second', 'third', 'fourth');
    expect(await wanted).toMatchObject({ text: 'third' });
    expect(await session.event(({ text }) => text === 'fourth')).toMatchObject({ text: 'fourth' });
    expect(await session.event()).toMatchObject({ text: 'first' });
    expect(await session.event()).toMatchObject({ text: 'second' });
  });

  scripted('a wait for an event that does not come fails with the last messages', async (pool) => {
    const session = await pool.register();
    await tell(session, 'something else');
    const never = session.event(({ text }) => text === 'never', { timeout: 30 });
    const error = await failing(contract, 'REQUEST_TIMEOUT', never);
    expect(error.message).toMatch(/^No matching event within 30 ms/);
    expect(error.evidence.messages?.join('\n')).toContain('something else');
    const reason = new Error('enough');
    const given = session.event(undefined, { signal: AbortSignal.abort(reason) });
    expect(await given.then(undefined, (thrown: unknown) => thrown)).toBe(reason);
    expect(await session.event()).toMatchObject({ text: 'something else' });
  });

  scripted('one loop reads at a time', async (pool) => {
    const session = await pool.register();
    await tell(session, 'first', 'second');
    for await (const event of session.events()) {
      expect(event).toMatchObject({ text: 'first' });
      const second = session.events();
      const error = await failing(contract, 'SESSION_MISUSED', second.next());
      expect(error.message).toContain('another loop is reading them');
      break;
    }
    for await (const event of session.events()) {
      expect(event).toMatchObject({ text: 'second' });
      break;
    }
  });

  scripted('the loop ends with the session', async (pool) => {
    const session = await pool.register();
    await tell(session, 'first');
    const seen: unknown[] = [];
    for await (const { text } of session.events()) {
      seen.push(text);
      await session.unregister();
    }
    expect(seen).toEqual(['first']);
  });

  few('a session that never reads stays open, and its first reader learns what is missing', async (pool) => {
    const session = await pool.register();
    await tell(session, 'a', 'b', 'c', 'd', 'e');
    expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
    const error = await failing(contract, 'SESSION_OVERFLOW', session.events().next());
    expect(error.message).toMatch(/3 unread events.*2 older.*maxUnreadEvents/);
    const seen: unknown[] = [];
    for await (const { text } of session.events()) if (seen.push(text) === 3) break;
    expect(seen).toEqual(['c', 'd', 'e']);
  });

  few('a session that reads too slowly is ended, and only that one', async (pool) => {
    const [session, other] = [await pool.register(), await pool.register()];
    await tell(session, 'a');
    await session.event();
    const events = ['b', 'c', 'd', 'e'].map((text) => ({ type: 'event', session: session.id, text }));
    other.send({ type: 'say', messages: events });
    expect(await session.closed).toMatchObject({ by: 'overflow' });
    const error = await failing(contract, 'SESSION_OVERFLOW', session.request({ type: 'query' }));
    expect(error.message).toMatch(/session \S+ was closed because its events were not read/);
    const seen: unknown[] = [];
    const loop = async (): Promise<void> => {
      for await (const { text } of session.events()) seen.push(text);
    };
    await failing(contract, 'SESSION_OVERFLOW', loop);
    expect(seen).toEqual(['b', 'c', 'd']);
    expect(await other.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  });
}
