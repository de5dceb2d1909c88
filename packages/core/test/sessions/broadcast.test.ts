/** An event for several sessions. */
import { expect, test } from 'vitest';
import { sessionField } from '../../src/protocol/session-field.ts';
import type { Protocol, WireId } from '../../src/protocol/protocol.ts';
import { pool, programProtocol } from '../support/pools.ts';

/** What the child says of type `shout` is for those whose ids it names. */
function shouting(): Protocol {
  const protocol = sessionField(programProtocol);
  return {
    ...protocol,
    route(frame) {
      const { type, listeners } = frame.message as { readonly type?: string; readonly listeners?: WireId[] };
      return type === 'shout' ? { as: 'broadcast', to: listeners ?? [] } : protocol.route(frame);
    },
  };
}

test('each session that is named gets it, and no other', async () => {
  const shared = pool('echo', { protocol: shouting });
  const [first, second, third] = await Promise.all([shared.register(), shared.register(), shared.register()]);
  third.send({ type: 'shout', listeners: [first.id, second.id], text: 'hello' });
  expect(await first.event()).toMatchObject({ text: 'hello' });
  expect(await second.event()).toMatchObject({ text: 'hello' });
  third.send({ type: 'shout', listeners: [third.id], text: 'alone' });
  expect(await third.event()).toMatchObject({ text: 'alone' });
  expect(shared.stats().strays).toBe(0);
});

test('for none it is an event of the child itself, and one that is not open is a stray', async () => {
  const shared = pool('echo', { protocol: shouting });
  const session = await shared.register();
  session.send({ type: 'shout', listeners: [] });
  session.send({ type: 'shout', listeners: ['nobody', session.id] });
  expect(await session.event()).toMatchObject({ listeners: ['nobody', session.id] });
  expect(shared.stats()).toMatchObject({ strays: 1, lastStrays: [expect.stringContaining('"nobody"')] });
});
