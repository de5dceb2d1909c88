import { expect, test } from 'vitest';
import { json } from '../codec/json.ts';
import { Frame } from '../codec/frame.ts';
import type { SessionPort } from '../protocol/protocol.ts';
import { failure } from '../../test/support/codec.ts';
import { op, writePayload } from './frames.ts';
import { encodeJsonBody } from './json-body.ts';
import { WireProtocol } from './protocol.ts';

const result = { format: 'json', maxFrameBytes: 1_000, wireIds: ['s'], id: 's' };
const root = { request: async () => result };

/** What a mux does for it, as far as sessions are concerned. */
const port = { adopt: () => {}, params: {}, givenUp: new AbortController().signal, root } as unknown as SessionPort;

test('of sessions that have ended, however they did, the last few are known', async () => {
  const wire = new WireProtocol();
  const send = (wireId: number): unknown =>
    wire.address({ kind: 'send', frame: Frame.of({}, json), wireId, call: 0, key: undefined, owns: () => true });
  const body = encodeJsonBody({ by: 'child', reason: 'because it ended' });
  for (let n = 1; n <= 200; n++) {
    const { close, wireId } = await wire.open(port);
    if (n % 2 === 0) await close?.(port as never);
    else wire.route(Frame.encoded(writePayload(op.CLOSED, wireId, 0, body), json));
    send(n);
  }
  expect(failure(() => send(200 - 64)).code).toBe('SESSION_REFUSED');
  expect(send(200 - 63)).toBeTruthy();
});
