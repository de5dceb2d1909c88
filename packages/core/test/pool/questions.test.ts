// A child that asks waits: every question gets an answer or a refusal, whoever it is for, in process and through a hub.
import { expect, test } from 'vitest';
import type { PoolOptions } from '../../src/pool/options.ts';
import { sessionField } from '../../src/protocol/session-field.ts';
import type { Protocol } from '../../src/protocol/protocol.ts';
import type { Session } from '../../src/session/types.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { languageServer, languageServerCodec } from '../support/language-server-protocol.ts';
import { pool, program, programPath, programProtocol } from '../support/pools.ts';

const server = (options: Partial<PoolOptions> = {}): PoolOptions => ({
  ...program('language-server'),
  args: [programPath('language-server')],
  codec: languageServerCodec,
  protocol: languageServer,
  ...options,
});

const wheres: [string, (options: PoolOptions) => Promise<() => Promise<Session>>][] = [
  [
    'in process',
    async (options) => {
      const made = pool('language-server', options);
      return () => made.register();
    },
  ],
  [
    'through a hub',
    async (options) => {
      const client = await (await serve({ echoes: options })).connect();
      return () => client.register('echoes');
    },
  ],
];

type Heard = readonly Readonly<Record<string, unknown>>[];
async function heardBy(session: Session): Promise<Heard> {
  const { result } = (await session.request({ method: 'heard' })) as { result: { heard: Heard } };
  return result.heard;
}

test.each(wheres)('%s, a question outside all sessions is answered by the protocol', async (_, where) => {
  const session = await (await where(server()))();
  expect(session.hello).toMatchObject({ result: { started: 'settings of start' } });
  expect(await session.request({ method: 'diagnose' })).toMatchObject({ result: 'settings of lint' });
});

test.each(wheres)('%s, one that nothing answers is refused', async (_, where) => {
  const session = await (await where(server()))();
  const about = (params: object): Promise<unknown> => session.request({ method: 'diagnose', params });
  expect(await about({ method: 'unknown' })).toMatchObject({ result: { message: 'nothing answers it' } });
  expect(await about({ method: 'throws' })).toMatchObject({ result: { message: 'no such section' } });
  expect(await about({ document: 's99' })).toMatchObject({ result: { message: 'there is no such session' } });
  const none = { result: { message: 'the session answers no questions' } };
  expect(await about({ document: session.id }), 'and the session lives on').toMatchObject(none);
  session.answer(() => ({ result: 'an answer' }));
  expect(await about({ document: session.id })).toMatchObject({ result: 'an answer' });
});

test.each(wheres)('%s, `open` and `close` read what is asked while they run, and answer it', async (_, where) => {
  const session = await (await where(server({ protocol: () => languageServer({ asks: 'and waits' }) })))();
  expect((await heardBy(session)).map(({ result }) => result)).toContain('read');
  await expect(session.unregister()).resolves.toBeUndefined();
});

test.each(wheres)(
  '%s, what `close` does not wait for is refused at once, so that the child goes on',
  async (_, where) => {
    const register = await where(server({ protocol: () => languageServer({ asks: 'and is refused' }) }));
    const [session, other] = [await register(), await register()];
    await session.unregister();
    const refused = { error: { code: -32601, message: 'the session has ended' } };
    expect(await heardBy(other)).toContainEqual(expect.objectContaining(refused));
  },
);

test.each(wheres)('%s, what `open` did not read waits for the answerer of the session', async (_, where) => {
  const session = await (await where(server({ protocol: () => languageServer({ asks: 'and goes on' }) })))();
  session.answer(() => ({ result: 'late' }));
  await expect.poll(async () => (await heardBy(session)).map(({ result }) => result)).toContain('late');
  await session.unregister();
});

test.each(wheres)('%s, requests in flight are cancelled and questions refused at the end', async (_, where) => {
  const register = await where(server());
  const [session, other] = [await register(), await register()];
  const asked = Promise.withResolvers<void>();
  session.answer(() => {
    asked.resolve();
    return new Promise(() => {});
  });
  const hanging = failure(session.request({ method: 'hang' }), 'SESSION_CLOSED');
  const waiting = failure(session.request({ method: 'diagnose', params: { document: session.id } }), 'SESSION_CLOSED');
  await asked.promise;
  await session.unregister();
  await Promise.all([hanging, waiting]);
  const heard = await heardBy(other);
  const hang = heard.find(({ method }) => method === 'hang');
  expect(heard.filter(({ method }) => method === '$/cancelRequest')).toHaveLength(2);
  expect(heard).toContainEqual({ method: '$/cancelRequest', params: { id: hang?.['id'] } });
  expect(heard).toContainEqual(expect.objectContaining({ error: { code: -32601, message: 'the session has ended' } }));
});

test.each(wheres)('%s, a request that is given up is cancelled', async (_, where) => {
  const session = await (await where(server()))();
  await failure(session.request({ method: 'hang' }, { timeout: 20 }), 'REQUEST_TIMEOUT');
  expect(await heardBy(session)).toContainEqual(expect.objectContaining({ method: '$/cancelRequest' }));
});

test.each(wheres)('%s, a second reply is no event', async (_, where) => {
  const session = await (await where(server()))();
  expect(await session.request({ method: 'twice', params: { document: session.id } })).toMatchObject({ result: 1 });
  expect(await heardBy(session)).toBeTruthy();
  await failure(session.event(undefined, { timeout: 1 }), 'REQUEST_TIMEOUT');
});

test('as plain data: a question gets the message of `refuse`, and a request that is given up that of `cancel`', async () => {
  const protocol = { ...programProtocol, refuse: { type: 'answer', none: true }, cancel: { type: 'cancel' } };
  const session = await pool('asks', { protocol }).register();
  expect(await session.request({ type: 'query' })).toMatchObject({
    answer: { type: 'answer', session: 's1', id: 'q1', none: true },
  });
  const { cancel } = sessionField(protocol);
  const format = languageServerCodec.format;
  const message = { type: 'cancel', session: 's1', id: 'c7' };
  expect(cancel?.({ wireId: 's1', key: 'c7', format })?.message).toEqual(message);
});

test('without `answer` and `refuse`, a question outside all sessions is an event of the root', async () => {
  const base = sessionField(programProtocol);
  const protocol: Protocol = {
    ...base,
    async hello(root) {
      root.send({ type: 'say', messages: [{ type: 'ask', id: 'q1', about: 'the start' }] });
      return await root.next((message) => (message as { type: string }).type === 'ask');
    },
  };
  const session = await pool('says-on-request', { protocol }).register();
  expect(session.hello).toMatchObject({ id: 'q1', about: 'the start' });
});

test('a protocol that fails to answer, and cannot refuse, ends its child with the reason', async () => {
  const base = sessionField(programProtocol);
  const protocol: Protocol = {
    ...base,
    name: 'mine',
    answer: () => {
      throw new RangeError('out of answers');
    },
  };
  const session = await pool('says-on-request', { protocol }).register();
  session.send({ type: 'say', messages: [{ type: 'ask', id: 'q1' }] });
  const { error } = await session.closed;
  const causes = [error?.message, (error?.cause as Error | undefined)?.message].join('\n');
  expect(causes).toContain('`answer` of protocol "mine" threw RangeError: out of answers');
});
