// A connection to a shared worker's socket that breaks the rules: only that connection is affected.
import { expect, test } from 'vitest';
import { op } from '../../src/wire/frames.ts';
import { parseAddress } from '../../src/wire/address.ts';
import { RawPeer } from '../support/raw-peer.ts';
import { ask, host, open, workerFile } from './support.ts';

async function socket(): Promise<{ path: string; token: string; expectFine(): Promise<void> }> {
  const started = await host();
  const { use, client } = await open(started);
  const shared = await use('obedient.mjs');
  const { path } = await client.sharedWorkers.open({ filename: workerFile('obedient.mjs').href });
  const expectFine = async (): Promise<void> => expect(await ask(shared, 'fine')).toBe('fine');
  return { path, token: parseAddress(started.address).token, expectFine };
}

test.each([
  ['another token', { token: 'f'.repeat(64) }],
  ['no token', {}],
  ['another wire', { wire: 99 }],
])('without a greeting (%s) nothing is said', async (_, greeting) => {
  const { path, token, expectFine } = await socket();
  const peer = await RawPeer.connect(path);
  const refused = await peer.greet('wire' in greeting ? { token, ...greeting } : greeting);
  expect(refused).toMatchObject({ op: op.FAILED, body: { code: 'HUB_REJECTED' } });
  await peer.closed;
  await expectFine();
});

test('a connection that sends more than a greeting too early is closed', async () => {
  const { path, expectFine } = await socket();
  const peer = await RawPeer.connect(path);
  peer.say(op.CALL, 0, 1, Buffer.alloc(65 * 1024, 'x'));
  await peer.closed;
  await expectFine();
});

test.each([
  ['a frame of no known kind', (peer: RawPeer) => peer.say(0x7f, 1, 1, {})],
  ['a frame of sessions', (peer: RawPeer) => peer.say(op.SEND, 1, 1, {})],
  ['an answer without its number', (peer: RawPeer) => peer.say(op.RESPOND, 1, 1, Buffer.from([1]))],
  ['a call that is no JSON', (peer: RawPeer) => peer.say(op.CALL, 0, 1, Buffer.from('{{'))],
  ['an absurd length', (peer: RawPeer) => peer.write(Buffer.from([0xff, 0xff, 0xff, 0xff]))],
])('%s ends the connection that sent it', async (_, misbehave) => {
  const { path, token, expectFine } = await socket();
  const peer = await RawPeer.join({ path, token });
  misbehave(peer);
  await peer.closed;
  await expectFine();
});

test('an invalid call is refused, and the connection stays open', async () => {
  const { path, token, expectFine } = await socket();
  const peer = await RawPeer.join({ path, token });
  const join = { method: 'join', testWorker: 'raw', file: 'file:///raw.test.ts' };
  expect(await peer.call({ method: 'format the disk' })).toMatchObject({ op: op.FAILED });
  expect(await peer.call({ ...join, member: 0 })).toMatchObject({ op: op.FAILED, body: { code: 'SESSION_REFUSED' } });
  expect(await peer.call({ ...join, member: 4 })).toMatchObject({ op: op.RESULT, body: { worker: 'shared-worker-1' } });
  expect(await peer.call({ ...join, member: 4 })).toMatchObject({ op: op.FAILED });
  // From a member that does not exist.
  peer.say(op.PUBLISH, 9, 1, { do: 'exit' });
  peer.say(op.PUBLISH, 4, 1, { do: 'publish', data: 'heard' });
  expect(await peer.hear(({ op: kind }) => kind === op.MESSAGE)).toMatchObject({ session: 4, body: 'heard' });
  expect(await peer.call({ method: 'leave', member: 4 })).toMatchObject({ op: op.RESULT });
  expect(await peer.call({ method: 'leave', member: 4 })).toMatchObject({ op: op.RESULT });
  await expectFine();
});
