// A child that answers under another field than the one in which a request carries its id.
import { expect, test } from 'vitest';
import { failure } from '../support/failure.ts';
import { pool, programProtocol } from '../support/pools.ts';

const protocol = { ...programProtocol, replyTo: 're' };

test('replies, steps and refusals name their request there, and an answer its question', async () => {
  const session = await pool('says-on-request', { protocol }).register();
  const say = (...messages: object[]) => ({
    type: 'say',
    messages: messages.map((message) => ({ session: session.id, ...message })),
  });
  expect(await session.request(say({ type: 'reply', re: 'c1', id: 'its own', n: 1 }))).toMatchObject({ n: 1 });
  const { message } = await failure(
    session.request(say({ type: 'refusal', re: 'c2', message: 'no' })),
    'SESSION_REFUSED',
  );
  expect(message).toContain('no');
  const interaction = session.interact(say({ type: 'step', re: 'i1', n: 2 }, { type: 'reply', re: 'i1' }));
  const steps = [];
  for await (const step of interaction) steps.push(step);
  expect(steps).toMatchObject([{ n: 2 }]);
  session.answer(() => ({ type: 'answer' }));
  session.send(say({ type: 'ask', id: 'q7' }));
  // The child echoes the answer. An id of its own makes a message no reply.
  expect(await session.event()).toMatchObject({ echo: { type: 'answer', re: 'q7' } });
});
