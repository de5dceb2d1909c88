import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Frame, json, type Opened, type Protocol, type ProtocolPort, type SessionPort } from 'carpool/protocol';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonRpcMessages } from '../messages.ts';
import { languageServerProtocol, type LanguageServerProtocolOptions } from './protocol.ts';

const frameOf = (message: object): Frame => Frame.of({ jsonrpc: '2.0', ...message }, json);

/** A protocol whose sessions get all notifications, and have nothing on disk. */
function protocolIn(more: Partial<LanguageServerProtocolOptions> = {}): Protocol<JsonRpcMessages> {
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
    ...more,
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

/** The URI by which the server knows a document of a session, by what is sent of it. */
function uriOf(protocol: Protocol<JsonRpcMessages>, wireId: string): string {
  const textDocument = { uri: 'untitled:a', text: '' };
  const frame = frameOf({ method: 'textDocument/didOpen', params: { textDocument } });
  const sent = protocol.address({ kind: 'send', frame, wireId, call: 0, owns: () => true }).frame.message;
  return (sent as { params: { textDocument: { uri: string } } }).params.textDocument.uri;
}

test('what the server says of several sessions is for all who listen, and what it asks of one that has ended is for none', async () => {
  const protocol = protocolIn();
  const confirmed = (): Promise<unknown> => Promise.resolve({ result: null });
  const opened = await Promise.all(
    ['s1', 's2', 's3'].map(async (id) => (await protocol.open?.(portTo(id, confirmed))) as Opened),
  );
  const [one, two, three] = ['s1', 's2', 's3'].map((id) => uriOf(protocol, id));
  const said = (...uris: unknown[]): unknown => protocol.route(frameOf({ method: 'said', params: uris }));
  expect(said(one)).toMatchObject({ as: 'event', to: 's1' });
  expect(said(one, two)).toMatchObject({ as: 'broadcast', to: ['s1', 's2', 's3'] });
  await opened[2]?.close(portTo('s3', confirmed));
  expect(said(three)).toMatchObject({ as: 'event', to: undefined });
  const asked = (uri: unknown): unknown => protocol.route(frameOf({ id: 1, method: 'asks', params: { uri } }));
  expect(asked(one)).toMatchObject({ as: 'ask', to: 's1' });
  expect(asked(three)).toMatchObject({ as: 'ask', to: undefined });
});

test('where the config answers for a session, the server gets its own names of the documents', async () => {
  const protocol = protocolIn({ answer: () => ({ uri: 'untitled:a' }) });
  await protocol.open?.(portTo('s1', () => Promise.resolve({})));
  const uri = uriOf(protocol, 's1');
  const question = { key: 'n1', format: json, reason: 'nothing answers it', frame: frameOf({ id: 1, method: 'asks' }) };
  expect(protocol.refuse?.({ ...question, wireId: 's1' })?.message).toMatchObject({ result: { uri } });
  expect(protocol.refuse?.({ ...question, wireId: undefined })?.message).toMatchObject({
    result: { uri: 'untitled:a' },
  });
});

test('what the server registers while it starts is among its capabilities', async () => {
  const protocol = protocolIn();
  const diagnosticProvider = { interFileDependencies: false, workspaceDiagnostics: false };
  const registrations = [
    { id: '1', method: 'textDocument/hover' },
    { id: '2', method: 'textDocument/diagnostic', registerOptions: diagnosticProvider },
  ];
  const answers: unknown[] = [];
  const port = portTo('s1', (message) => {
    if ((message as { method: string }).method === 'confirm')
      answers.push(protocol.answer?.({ method: 'client/registerCapability', params: { registrations } }, port));
    return Promise.resolve({ result: { capabilities: { hoverProvider: true } } });
  });
  expect(await protocol.hello?.(port)).toMatchObject({ capabilities: { hoverProvider: true, diagnosticProvider } });
  expect(answers).toEqual([{ result: null }]);
});
