import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Frame, json, type Opened, type Protocol, type ProtocolPort, type SessionPort } from 'carpool/protocol';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonRpcMessages } from '../messages.ts';
import { languageServerProtocol } from './protocol.ts';

const frameOf = (message: object): Frame => Frame.of({ jsonrpc: '2.0', ...message }, json);

/** A protocol whose sessions get all notifications, and have nothing on disk. */
function protocolIn(): Protocol<JsonRpcMessages> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cp-protocol-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return languageServerProtocol({
    root: () => root,
    sessionFolder: undefined,
    linked: false,
    initialize: {},
    settings: undefined,
    initialized: [],
    answer: undefined,
    notifications: true,
    loggedErrors: 'warn',
    confirm: { method: 'confirm' },
  });
}

/** A port to a server that answers every request so. */
function portTo(freshId: string, request: ProtocolPort['request']): SessionPort {
  const port: ProtocolPort = { send: () => {}, request, next: () => Promise.reject(new Error('nothing comes')) };
  return {
    ...port,
    root: port,
    freshId,
    params: undefined,
    adopt: () => {},
    lost: false,
    givenUp: { aborted: false } as SessionPort['givenUp'],
    gone: Promise.resolve(),
  };
}

test.each([
  ['confirmed', () => Promise.resolve({ result: null }), undefined],
  ['not confirmed', () => Promise.reject(new Error('the server has ended')), 'the server has ended'],
])('a session that has ended is forgotten, where its end is %s too', async (_, request, failure) => {
  const protocol = protocolIn();
  const one = await protocol.open?.(portTo('s1', request));
  await protocol.open?.(portTo('s2', request));
  for (const wireId of ['s1', 's2'])
    protocol.address({
      kind: 'request',
      frame: frameOf({ method: 'a', params: { workDoneToken: 1 } }),
      wireId,
      call: 1,
      owns: () => true,
    });
  protocol.route(
    frameOf({ method: '$/progress', params: { token: 'carpool:s1:1', value: { kind: 'begin', title: 'it' } } }),
  );
  expect(protocol.activity?.([])).toContain('"it"');
  const why = await Promise.resolve((one as Opened).close(portTo('s1', request))).then(
    () => undefined,
    (thrown: Error) => thrown.message,
  );
  expect(why).toBe(failure);
  const answered = [1, 2].map((id) => protocol.route(frameOf({ id, result: 1 })));
  expect(answered).toEqual([{ as: 'unknown' }, expect.objectContaining({ as: 'reply', to: 's2' })]);
  expect(protocol.route(frameOf({ method: 'window/logMessage', params: {} }))).toMatchObject({ to: ['s2'] });
  expect(protocol.activity?.([])).toBeUndefined();
});
