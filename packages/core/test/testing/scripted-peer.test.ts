// A protocol alone, with a process that answers by a script.
import { expect, test } from 'vitest';
import { scriptedPeer } from '../../src/testing/scripted-peer.ts';
import { failure } from '../support/failure.ts';

const protocol = {
  close: { send: { type: 'reset' }, expect: { type: 'closed' } },
  refusals: [{ type: 'error' }],
  lost: [{ type: 'gone' }],
};

test.each(['json-lines', 'msgpack'] as const)('the process answers what the script returns: %s', async (codec) => {
  await using peer = await scriptedPeer({ codec, protocol }, ({ type, id, session }) => {
    if (type === 'reset') return { type: 'closed', session };
    if (type === 'refuse') return { type: 'error', message: 'not today', id, session };
    return [
      { type: 'event', session },
      { type: 'reply', id, session },
    ];
  });
  const session = await peer.pool.register();
  expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  expect(await session.event()).toMatchObject({ type: 'event' });
  expect((await failure(session.request({ type: 'refuse' }), 'SESSION_REFUSED')).message).toContain('not today');
  await session.unregister();
  expect(peer.heard).toEqual([
    { type: 'query', id: 'c1', session: session.id },
    { type: 'refuse', id: 'c2', session: session.id },
    { type: 'reset', session: session.id },
  ]);
  expect(peer.pool.stats()).toMatchObject({ quarantined: 0, strays: 0 });
});

test('it speaks unasked, sends a frame in parts, and ends', async () => {
  await using peer = await scriptedPeer({ protocol }, () => {});
  const session = await peer.pool.register();
  session.send({ type: 'note' });
  const { processes } = peer;
  await expect.poll(() => peer.heard.length).toBe(1);
  processes[0]?.say({ type: 'news', session: session.id });
  expect(await session.event()).toMatchObject({ type: 'news' });
  const [begin, end] = [`{"type":"in parts",`, `"session":"${session.id}"}\n`];
  for (const part of [begin, end]) processes[0]?.write(new TextEncoder().encode(part));
  expect(await session.event()).toMatchObject({ type: 'in parts' });
  processes[0]?.end();
  expect(await session.closed).toMatchObject({ by: 'child' });
});
