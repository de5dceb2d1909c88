/** An event for several sessions. */
import { expect, test } from 'vitest';
import { sessionField } from '../../src/protocol/session-field.ts';
import type { Protocol, WireId } from '../../src/protocol/protocol.ts';
import { pool, programProtocol } from '../support/pools.ts';

/** What the child answers to a message with `listeners` is for these. */
function shouting(): Protocol {
  const protocol = sessionField(programProtocol);
  return {
    ...protocol,
    route(frame) {
      const { echo } = frame.message as { readonly echo?: { readonly listeners?: WireId[] } };
      return echo?.listeners === undefined ? protocol.route(frame) : { as: 'broadcast', to: echo.listeners };
    },
  };
}

test('each session that is named gets it, and no other', async () => {
  const shared = pool('echo', { protocol: shouting });
  const [first, second, third] = await Promise.all([shared.register(), shared.register(), shared.register()]);
  third.send({ type: 'query', listeners: [first.id, second.id], text: 'hello' });
  expect(await first.event()).toMatchObject({ echo: { text: 'hello' } });
  expect(await second.event()).toMatchObject({ echo: { text: 'hello' } });
  third.send({ type: 'query', listeners: [third.id], text: 'alone' });
  expect(await third.event()).toMatchObject({ echo: { text: 'alone' } });
  expect(shared.stats().strays).toBe(0);
});

test('for none it is an event of the child itself, and one that is not open is a stray', async () => {
  const shared = pool('echo', { protocol: shouting });
  const session = await shared.register();
  session.send({ type: 'query', listeners: [] });
  session.send({ type: 'query', listeners: ['nobody', session.id] });
  expect(await session.event()).toMatchObject({ echo: { listeners: ['nobody', session.id] } });
  expect(shared.stats()).toMatchObject({ strays: 1, lastStrays: [expect.stringContaining('"nobody"')] });
});
