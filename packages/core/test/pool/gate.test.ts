// A protocol may hold messages of a session back while the child would not take them.
import { expect, test } from 'vitest';
import type { Frame } from '../../src/codec/frame.ts';
import type { Gate } from '../../src/protocol/gate.ts';
import type { Protocol } from '../../src/protocol/protocol.ts';
import { sessionField } from '../../src/protocol/session-field.ts';
import { failure } from '../support/failure.ts';
import { pool, programProtocol } from '../support/pools.ts';

const typeOf = (frame: Frame): unknown => frame.fields(['type'])['type'];

/** One message at a time: after each the child has to say something first. `urgent` always passes. */
function oneAtATime(): Gate {
  let waiting = false;
  return {
    received: () => void (waiting = false),
    admits: (frame) => !waiting || typeOf(frame) === 'urgent',
    kind: (frame) => (typeOf(frame) === 'urgent' ? 'urgent' : 'other'),
    sent: (frame) => void (waiting ||= typeOf(frame) !== 'urgent'),
  };
}

function gated(): Protocol {
  const plain = sessionField(programProtocol);
  return { ...plain, open: async (port) => ({ ...(await plain.open!(port)), gate: oneAtATime() }) };
}

test('messages that the child would not accept now wait, and are sent in order', async () => {
  const session = await pool('echo', { protocol: gated() }).register();
  const replies = [1, 2, 3].map((n) => session.request({ type: 'query', n }));
  const order: number[] = [];
  for (const [index, reply] of replies.entries()) void reply.then(() => order.push(index));
  expect(await Promise.all(replies)).toMatchObject([{ echo: { n: 1 } }, { echo: { n: 2 } }, { echo: { n: 3 } }]);
  expect(order).toEqual([0, 1, 2]);
});

test('messages that the gate lets through overtake those that it holds back', async () => {
  const session = await pool('answers-late', { protocol: gated() }).register();
  const first = session.request({ type: 'query', n: 1 });
  const held = session.request({ type: 'query', n: 2 }, { timeout: 5_000 });
  const urgent = session.request({ type: 'urgent' }, { timeout: 30 });
  const error = await failure(urgent, 'REQUEST_TIMEOUT');
  expect(error.evidence.messages).toEqual([expect.stringContaining('n: 1'), expect.stringContaining('type: "urgent"')]);
  const ended = [failure(first, 'SESSION_CLOSED'), failure(held, 'SESSION_CLOSED')];
  await session.unregister();
  await Promise.all(ended);
});

test('a held request that is given up is never sent', async () => {
  const session = await pool('answers-late', { protocol: gated() }).register();
  const first = session.request({ type: 'query', n: 1 }, { timeout: 200 });
  await failure(session.request({ type: 'query', n: 2 }, { timeout: 20 }), 'REQUEST_TIMEOUT');
  await failure(first, 'REQUEST_TIMEOUT');
  const { messages = [] } = await session.evidence();
  expect(messages.join('\n')).not.toContain('n: 2');
});
