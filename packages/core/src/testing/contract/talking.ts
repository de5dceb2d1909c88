/** Messages and replies. */
import { failing, later, on, type SessionContract } from './subject.ts';

export function talkContract(contract: SessionContract): void {
  const { expect } = contract;
  const echo = on(contract, 'echo');
  const late = on(contract, 'answers-late');
  const scripted = on(contract, 'says-on-request');

  echo('a request resolves with its reply', async (pool) => {
    const session = await pool.register();
    const reply = await session.request({ type: 'query', target: 'tree', deep: { list: [1, 'two', null, true] } });
    expect(reply).toMatchObject({ type: 'reply', session: session.id });
    expect(reply['echo']).toMatchObject({ type: 'query', target: 'tree', deep: { list: [1, 'two', null, true] } });
  });

  echo('a message is sent with the id of its session', async (pool) => {
    const session = await pool.register();
    session.send({ type: 'note' });
    expect(await session.event()).toMatchObject({ type: 'reply', session: session.id, echo: { type: 'note' } });
  });

  late('replies find their requests in any order', async (pool) => {
    const session = await pool.register();
    const requests = [1, 2, 3, 4, 5].map((n) => session.request({ type: 'query', n }));
    session.send({ type: 'now' });
    const replies = await Promise.all(requests);
    expect(replies.map(({ echo: back }) => (back as { readonly n: number }).n)).toEqual([1, 2, 3, 4, 5]);
  });

  echo('many requests in flight are all answered', async (pool) => {
    const session = await pool.register();
    const replies = await Promise.all(Array.from({ length: 1_000 }, (_, n) => session.request({ type: 'query', n })));
    expect(replies.every(({ echo: back }, n) => (back as { readonly n: number }).n === n)).toBe(true);
  });

  echo('a request may have its own id, zero too', async (pool) => {
    const session = await pool.register();
    for (const id of ['mine', 0]) expect(await session.request({ type: 'query', id })).toMatchObject({ id });
  });

  echo('a reply of another type than expected is refused, and shown', async (pool) => {
    const session = await pool.register();
    await session.request({ type: 'query' }, { expect: 'reply' });
    const wrong = session.request({ type: 'query' }, { expect: 'query_response' });
    const error = await failing(contract, 'SESSION_REFUSED', wrong);
    expect(error.message).toContain('The reply to "query" has type "reply", expected "query_response"');
    expect(error.evidence.messages?.[0]).toMatch(/type: "reply"/);
    await session.request({ type: 'query' });
  });

  late('a request without a reply in time fails with the last messages, and a late reply is dropped', async (pool) => {
    const session = await pool.register();
    const error = await failing(contract, 'REQUEST_TIMEOUT', session.request({ type: 'slow' }, { timeout: 40 }));
    expect(error.message).toMatch(/^No reply to "slow" within 40 ms in session \S+ of pool "echoes"/);
    expect(error.evidence.messages?.join('\n')).toMatch(/→ .*type: "slow"/);
    const after = session.request({ type: 'after' });
    session.send({ type: 'now' });
    expect(await after).toMatchObject({ echo: { type: 'after' } });
    session.send({ type: 'then' });
    session.send({ type: 'now' });
    expect(await session.event()).toMatchObject({ echo: { type: 'then' } });
  });

  late('a request can be given up, with the reason of the signal', async (pool) => {
    const session = await pool.register();
    const given = new AbortController();
    const reply = later(session.request({ type: 'query' }, { signal: given.signal }));
    const reason = new Error('not needed any more');
    given.abort(reason);
    expect(await reply.catch((thrown: unknown) => thrown)).toBe(reason);
    const never = session.request({ type: 'query' }, { signal: AbortSignal.abort(reason) });
    expect(await never.catch((thrown: unknown) => thrown)).toBe(reason);
    const other = session.request({ type: 'other' });
    session.send({ type: 'now' });
    expect(await other).toMatchObject({ echo: { type: 'other' } });
  });

  on(contract, 'steps')('a request that the child refuses fails with its code and words', async (pool) => {
    const session = await pool.register();
    const error = await failing(contract, 'SESSION_REFUSED', session.request({ type: 'refuse' }));
    expect(error.message).toContain('(not-today): come back tomorrow');
    expect(error.blame).toBe('child');
    await session.request({ type: 'query' });
  });

  for (const size of [100, 64 * 1024, 5 * 1024 * 1024]) {
    echo(`a message of ${size} bytes passes whole`, async (pool) => {
      const session = await pool.register();
      const text = 'ü'.repeat(size / 2);
      const { echo: back } = (await session.request({ type: 'query', text })) as { readonly echo: { text: string } };
      expect(back.text === text).toBe(true);
    });
  }

  on(contract, 'echo', { maxFrameBytes: 10_000 })('a message over the limit costs its call alone', async (pool) => {
    const session = await pool.register();
    const text = 'x'.repeat(20_000);
    const error = await failing(contract, 'FRAME_TOO_LARGE', session.request({ type: 'query', text }));
    expect(error.message).toMatch(/20\d{3} bytes.*10000.*maxFrameBytes/);
    expect(error.scope).toBe('call');
    await failing(contract, 'FRAME_TOO_LARGE', () => session.send({ type: 'query', text }));
    expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
    expect(await pool.stats()).toMatchObject({ children: 1, failures: 0 });
  });

  echo('a message that cannot be written fails only its own call', async (pool) => {
    const session = await pool.register();
    const cyclic: Record<string, unknown> = { type: 'query' };
    cyclic['self'] = cyclic;
    await failing(contract, 'FRAME_MALFORMED', session.request(cyclic));
    await failing(contract, 'FRAME_MALFORMED', () => session.send(cyclic));
    expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  });

  on(contract, 'asks')('the child may ask, and is answered', async (pool) => {
    const session = await pool.register();
    session.answer((question) => ({ type: 'answer', about: question['about'], text: 'forty-two' }));
    expect(await session.request({ type: 'query' })).toMatchObject({ answer: { type: 'answer', text: 'forty-two' } });
    session.answer(async () => ({ type: 'answer', text: await Promise.resolve('later') }));
    expect(await session.request({ type: 'query' })).toMatchObject({ answer: { text: 'later' } });
  });

  scripted('a session shows its last messages as evidence', async (pool) => {
    const session = await pool.register();
    const said = { type: 'news', session: session.id };
    session.send({ type: 'say', messages: [said] });
    await session.event();
    const { messages = [] } = await session.evidence();
    expect(messages.join('\n')).toMatch(/→ .*type: "say"/);
    expect(messages.join('\n')).toMatch(/← .*type: "news"/);
  });

  echo('a runtime that writes its own ids reads every message of its session as it comes', async (pool) => {
    const session = await pool.register();
    session.send({ type: 'query', id: 'r1' });
    const first = Promise.withResolvers<void>();
    const replaced: unknown[] = [];
    session.onMessage((message) => {
      replaced.push(message);
      first.resolve();
    });
    await first.promise;
    const heard: unknown[] = [];
    const both = new Promise<void>((resolve) => session.onMessage((message) => heard.push(message) === 2 && resolve()));
    session.send({ type: 'query', id: 'r2', session: session.id });
    session.send({ type: 'query', id: 'r3', session: '' });
    await both;
    expect(replaced).toMatchObject([{ id: 'r1', session: session.id }]);
    expect(heard).toMatchObject([
      { id: 'r2', session: session.id },
      { id: 'r3', session: session.id },
    ]);
    await session.unregister();
  });
}
