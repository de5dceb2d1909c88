// A process like Chromium: the child chooses the ids, one session has several, and events arrive before `open` is done.
import { expect, test } from 'vitest';
import type { Pool } from '../../src/pool/types.ts';
import { failure } from '../support/failure.ts';
import { browserProtocol, nulCodec } from '../support/browser-protocol.ts';
import { serve } from '../support/hubs.ts';
import { pool, program } from '../support/pools.ts';

const browser = { stdio: { in: 3, out: 4 }, codec: nulCodec } as const;

function browsers(): Pool {
  return pool('browser', { ...browser, protocol: browserProtocol });
}

test('opening is a conversation of several exchanges, and events before its end are not lost', async () => {
  const session = await browsers().register();
  expect(session.hello).toEqual({ product: 'Browser/1.0', protocolVersion: '1.3' });
  const events = [await session.event(), await session.event(), await session.event()];
  expect(events.map(({ method }) => method)).toEqual([
    'Target.targetCreated',
    'Target.attachedToTarget',
    'Runtime.executionContextCreated',
  ]);
  const expression = { method: 'Runtime.evaluate', params: { expression: '1 + 1' } };
  expect(await session.request(expression)).toMatchObject({
    result: { result: { value: expect.stringMatching(/^1 \+ 1 in session-\d+$/) } },
  });
});

test('sessions with ids of the child are kept apart', async () => {
  const pages = browsers();
  const sessions = await Promise.all([1, 2, 3].map(() => pages.register()));
  const values = await Promise.all(
    sessions.map(async (session, n) => {
      const reply = await session.request({ method: 'Runtime.evaluate', params: { expression: `page ${n}` } });
      return (reply['result'] as { result: { value: string } }).result.value;
    }),
  );
  expect(values.map((value) => value.slice(0, 6))).toEqual(['page 0', 'page 1', 'page 2']);
  expect(new Set(values.map((value) => value.split(' in ')[1])).size).toBe(3);
  expect(pages.stats()).toMatchObject({ open: 3, children: 1 });
});

test('a session may own further ids and use them; no other session may', async () => {
  const pages = browsers();
  const [session, other] = [await pages.register(), await pages.register()];
  const opened = session.event(({ method, params }) => {
    return method === 'Target.attachedToTarget' && (params as { sessionId: string }).sessionId !== undefined;
  });
  await opened;
  const reply = (await session.request({ method: 'Page.open' })) as unknown as { result: { sessionId: string } };
  const popup = reply.result.sessionId;
  const evaluate = { method: 'Runtime.evaluate', sessionId: popup, params: { expression: 'popup' } };
  expect(await session.request(evaluate)).toMatchObject({ result: { result: { value: `popup in ${popup}` } } });
  await session.event((event) => event['sessionId'] === popup);
  await failure(other.request(evaluate), 'SESSION_REFUSED');
});

test('a request that the child refuses is refused with its code', async () => {
  const session = await browsers().register();
  const error = await failure(session.request({ method: 'No.suchMethod' }), 'SESSION_REFUSED');
  expect(error.message).toMatch(/^The child refused the request \(-32000\): /);
});

test('a session that is lost rejects what nothing else would settle, and others live on', async () => {
  const pages = browsers();
  const [session, other] = [await pages.register(), await pages.register()];
  const error = await failure(session.request({ method: 'Page.crash' }), 'SESSION_FAILED');
  expect((error.cause as Error).message).toContain('(crashed): the renderer crashed');
  await session.closed;
  expect(await other.request({ method: 'Runtime.evaluate', params: { expression: '1' } })).toHaveProperty('result');
  await other.unregister();
  await expect.poll(() => pages.stats()).toMatchObject({ open: 0, quarantined: 0, children: 1 });
});

test('closing is an exchange on the root, and leaves no context behind', async () => {
  const pages = browsers();
  const first = await pages.register();
  for (let n = 0; n < 5; n++) await (await pages.register()).unregister();
  const contexts = await first.request({ method: 'Target.getBrowserContexts' });
  expect(contexts).toMatchObject({ result: { browserContextIds: ['context-1'] } });
});

test('it works through a hub, with a codec that workers do not know', async () => {
  const served = await serve({ echoes: { ...program('browser', browser), protocol: browserProtocol } });
  const client = await served.connect();
  const session = await client.register('echoes');
  expect(session.format).toBe('json');
  expect(await session.event()).toMatchObject({ method: 'Target.targetCreated' });
  const reply = await session.request({ method: 'Runtime.evaluate', params: { expression: '1' } });
  expect(reply).toHaveProperty('result.result.value');
  const popup = (await session.request({ method: 'Page.open' })) as unknown as { result: { sessionId: string } };
  const { sessionId } = popup.result;
  const evaluate = { method: 'Runtime.evaluate', sessionId, params: { expression: 'popup' } };
  await session.event((event) => event['sessionId'] === sessionId);
  expect(await session.request(evaluate)).toMatchObject({ result: { result: { value: `popup in ${sessionId}` } } });
  // The worker of another session checks it too, so that the error stands at the line of its caller.
  const other = await client.register('echoes');
  const refused = await failure(other.request(evaluate), 'SESSION_REFUSED');
  expect(refused.message).toContain(`names sessionId "${sessionId}"`);
  expect(refused.stack).toContain('browser.test.ts');
  await other.unregister();
  await session.unregister();
  expect(served.pool().stats()).toMatchObject({ open: 0, sessions: 2 });
});
