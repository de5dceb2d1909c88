/** Many sessions on one child, and none of them sees another. */
import { failing, on, type SessionContract } from './subject.ts';

export function isolationContract(contract: SessionContract): void {
  const { expect } = contract;
  const echo = on(contract, 'echo');
  const scripted = on(contract, 'says-on-request');

  echo('sessions that talk at once receive only their own messages', async (pool) => {
    const sessions = await Promise.all(Array.from({ length: 8 }, () => pool.register()));
    const talks = sessions.map(async (session, s) => {
      for (let n = 0; n < 20; n++) {
        const reply = await session.request({ type: 'query', id: `same-${n}`, s, n });
        expect(reply).toMatchObject({ session: session.id, echo: { s, n } });
      }
    });
    await Promise.all(talks);
  });

  echo('a message that names another session is refused; one that names its own is not', async (pool) => {
    const [mine, theirs] = [await pool.register(), await pool.register()];
    const message = { type: 'query', session: theirs.id };
    const error = await failing(contract, 'SESSION_REFUSED', mine.request(message));
    expect(error.message).toContain(`names session "${theirs.id}", and this session is "${mine.id}"`);
    await failing(contract, 'SESSION_REFUSED', () => mine.send(message));
    await failing(contract, 'SESSION_REFUSED', mine.interact(message));
    expect(await mine.request({ type: 'query', session: mine.id })).toMatchObject({ session: mine.id });
    theirs.send({ type: 'note' });
    expect(await theirs.event()).toMatchObject({ echo: { type: 'note' } });
  });

  scripted('replies without a request, and messages of unknown sessions, are ignored', async (pool) => {
    const [session, other] = [await pool.register(), await pool.register()];
    const strange = [
      { type: 'reply', session: session.id, id: 'unrequested', echo: 1 },
      { type: 'step', session: session.id, id: 'unrequested' },
      { type: 'refusal', session: session.id, id: 'unrequested', error: 'no' },
      { type: 'reply', session: 'unknown', id: 'c1' },
      { type: 'lost', session: 'unknown' },
      { type: 'an unknown type', session: session.id, more: [1, 2] },
      { type: 'reply', session: session.id, id: 0 },
      { type: 'event', session: '' },
      { type: 'event' },
      { type: 'event', session: { not: 'an id' } },
      {},
      [1, 2, 3],
      'only text',
      null,
      { type: 'event', session: session.id, text: 'the last' },
    ];
    other.send({ type: 'say', messages: strange });
    const seen: unknown[] = [];
    for await (const { type, text } of session.events()) {
      seen.push(type);
      if (text === 'the last') break;
    }
    expect(seen).toEqual(['reply', 'step', 'refusal', 'an unknown type', 'reply', 'event']);
    expect(await session.request({ type: 'query' })).toMatchObject({ session: session.id });
    expect(await pool.stats()).toMatchObject({ children: 1, failures: 0, open: 2 });
  });

  scripted('a session that the child ends is over, with its message, and others stay open', async (pool) => {
    const [session, other] = [await pool.register(), await pool.register()];
    const lost = { type: 'lost', session: session.id, code: 'panic', error: 'index out of bounds' };
    const waiting = session.event();
    other.send({ type: 'say', messages: [lost] });
    const error = await failing(contract, 'SESSION_FAILED', waiting);
    expect(error.message).toContain('was closed by the child');
    expect(await session.closed).toMatchObject({ by: 'child' });
    const { cause } = await failing(contract, 'SESSION_FAILED', session.request({ type: 'query' }));
    expect((cause as Error).message).toContain('(panic): index out of bounds');
    await failing(contract, 'SESSION_FAILED', session.events().next());
    await session[Symbol.asyncDispose]();
    expect(await other.request({ type: 'query' })).toMatchObject({ session: other.id });
    expect(await pool.stats()).toMatchObject({ open: 1 });
  });
}
