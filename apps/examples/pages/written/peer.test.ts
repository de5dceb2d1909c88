import { scriptedPeer } from 'carpool/testing';
import { expect, test } from 'vitest';

const protocol = { close: { send: { type: 'reset' }, expect: { type: 'closed' } } };

test('a reply of another session is not mine', async () => {
  await using peer = await scriptedPeer({ protocol, requestTimeout: 200 }, ({ type, id, session }) =>
    type === 'reset' ? { type: 'closed', session } : { type: 'total', id, session: 'another' },
  );
  await using session = await peer.pool.register();
  await expect(session.request({ type: 'sum' })).rejects.toThrow('No reply to "sum" within 200 ms');
});
