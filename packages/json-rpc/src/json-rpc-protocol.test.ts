/** What the options of `jsonRpc` do, without a process. */
import { Frame, json, type Opened, type Outgoing, type ProtocolPort, type SessionPort } from 'carpool/protocol';
import { expect, test } from 'vitest';
import { jsonRpcProtocol, type JsonRpcProtocolOptions } from './json-rpc-protocol.ts';

const none: JsonRpcProtocolOptions = {
  hello: undefined,
  ready: undefined,
  session: undefined,
  open: undefined,
  close: undefined,
  probe: undefined,
  goodbye: undefined,
  sessionOf: undefined,
  cancelRequest: false,
  answer: undefined,
  notifications: true,
};
const frameOf = (message: object): Frame => Frame.of({ jsonrpc: '2.0', ...message }, json);

/** A port that writes down what is sent, and answers each request with its method. */
function portOf(sent: unknown[], freshId: string, params?: unknown): SessionPort {
  const port: ProtocolPort = {
    send: (message) => void sent.push(message),
    request(message) {
      sent.push(message);
      return Promise.resolve({ result: `${(message as { method: string }).method}: done` });
    },
    next: () => Promise.reject(new Error('nothing comes')),
  };
  return {
    ...port,
    root: port,
    freshId,
    params,
    adopt: () => {},
    lost: false,
    givenUp: { aborted: false } as SessionPort['givenUp'],
    gone: Promise.resolve(),
  };
}

test('the hello is the result of the first request, and the session begins and ends with requests', async () => {
  const sent: unknown[] = [];
  const protocol = jsonRpcProtocol({
    ...none,
    hello: { method: 'initialize' },
    ready: { method: 'initialized' },
    open: { method: 'begin' },
    close: { method: 'end' },
    probe: { method: 'ping' },
    goodbye: { method: 'exit' },
  });
  const port = portOf(sent, 's1');
  expect(await protocol.hello?.(port)).toBe('initialize: done');
  const opened = (await protocol.open?.(port)) as Opened;
  expect(opened.wireId).toBe('s1');
  await opened.close(port);
  await protocol.probe?.(port);
  await protocol.goodbye?.(port);
  expect(sent.map((message) => (message as { method: string }).method)).toEqual([
    'initialize',
    'initialized',
    'begin',
    'end',
    'ping',
    'exit',
  ]);
});

test('`sessionOf` says whose a notification or a question is', () => {
  const { route } = jsonRpcProtocol({
    ...none,
    sessionOf: ({ params }) => (params as { for?: string } | undefined)?.for,
  });
  expect(route(frameOf({ method: 'said', params: { for: 's2' } }))).toEqual({ as: 'event', to: 's2' });
  expect(route(frameOf({ id: 1, method: 'asks', params: { for: 's2' } }))).toEqual({ as: 'ask', to: 's2', key: 'n1' });
  expect(route(frameOf({ id: 'a', method: 'asks' }))).toEqual({ as: 'ask', to: undefined, key: 'sa' });
});

test('what names no session goes to those who listen', async () => {
  const protocol = jsonRpcProtocol({ ...none, notifications: ['a'] });
  await protocol.open?.(portOf([], 's1'));
  await protocol.open?.(portOf([], 's2', { notifications: ['b'] }));
  await protocol.open?.(portOf([], 's3', { notifications: true }));
  await protocol.open?.(portOf([], 's4', { notifications: undefined }));
  expect(protocol.route(frameOf({ method: 'a' }))).toEqual({ as: 'broadcast', to: ['s1', 's3', 's4'] });
  expect(protocol.route(frameOf({ method: 'b' }))).toEqual({ as: 'broadcast', to: ['s2', 's3'] });
});

test('a session listens from the beginning of its `open` to the beginning of its `close`, or until `open` fails', async () => {
  const protocol = jsonRpcProtocol({ ...none, open: { method: 'begin' }, close: { method: 'end' } });
  const listeners = (): unknown => (protocol.route(frameOf({ method: 'a' })) as { to?: unknown }).to;
  const during: unknown[] = [];
  const port = (id: string, failing?: string): SessionPort => ({
    ...portOf([], id),
    request: async (message) => {
      const { method } = message as { method: string };
      during.push([method, listeners()]);
      if (method === failing) throw new Error('refused');
      return {};
    },
  });
  const opened = (await protocol.open?.(port('s1'))) as Opened;
  await expect(protocol.open?.(port('s2', 'begin'))).rejects.toThrow('refused');
  expect(listeners()).toEqual(['s1']);
  await expect(opened.close(port('s1', 'end'))).rejects.toThrow('refused');
  expect(during).toEqual([
    ['begin', ['s1']],
    ['begin', ['s1', 's2']],
    ['end', []],
  ]);
  expect(listeners()).toEqual([]);
});

test('the field of the session says whose a message is, as a text or a number, and no answer has it', () => {
  const { route, address } = jsonRpcProtocol({ ...none, session: 'account' });
  for (const account of ['s1', 7])
    expect(route(frameOf({ method: 'said', params: { account } }))).toEqual({ as: 'event', to: account });
  expect(route(frameOf({ method: 'said', params: { account: null } }))).toMatchObject({ as: 'broadcast' });
  const answer = { kind: 'answer', key: 'n7', wireId: 's1', call: 0, owns: () => true } as const;
  expect(address({ ...answer, frame: Frame.of({ result: 1 }, json) }).frame.message).toEqual({
    jsonrpc: '2.0',
    id: 7,
    result: 1,
  });
});

test('the field of the session is set in named params, in none at all, and not in a list', () => {
  const { address } = jsonRpcProtocol({ ...none, session: 'account' });
  const sent = (message: object): unknown => {
    const outgoing: Outgoing = {
      kind: 'send',
      frame: Frame.of(message, json),
      wireId: 's1',
      call: 0,
      owns: () => false,
    };
    return (address(outgoing).frame.message as { params?: unknown }).params;
  };
  expect(sent({ method: 'a', params: { b: 1 } })).toEqual({ b: 1, account: 's1' });
  expect(sent({ method: 'a' })).toEqual({ account: 's1' });
  expect(sent({ method: 'a', params: [1] })).toEqual([1]);
  expect(() => sent({ method: 'a', params: { account: 's2' } })).toThrow(/s2/);
});

test('questions outside of sessions are answered by the config; a request that is given up is cancelled where that is known', () => {
  const protocol = jsonRpcProtocol({
    ...none,
    answer: (method) => (method === 'known' ? 1 : undefined),
    cancelRequest: true,
  });
  const root = portOf([], 's1');
  expect(protocol.answer?.({ method: 'known' }, root)).toEqual({ result: 1 });
  expect(protocol.answer?.({ method: 'other' }, root)).toBeUndefined();
  const question = { wireId: undefined, key: 'n7', format: json, reason: 'nothing answers it' };
  expect(protocol.refuse?.({ ...question, frame: frameOf({ id: 7, method: 'known' }) })?.message).toMatchObject({
    result: 1,
  });
  expect(protocol.refuse?.({ ...question, frame: frameOf({ id: 7, method: 'other' }) })?.message).toMatchObject({
    error: { code: -32_601 },
  });
  expect(protocol.cancel?.({ wireId: 's1', key: '3', format: json })?.message).toEqual({
    jsonrpc: '2.0',
    method: '$/cancelRequest',
    params: { id: 3 },
  });
  expect(jsonRpcProtocol(none).cancel).toBeUndefined();
});

test.each(['begin', 'end'])(
  'a session that ends is forgotten, also where its request %j is refused',
  async (refused) => {
    const protocol = jsonRpcProtocol({ ...none, open: { method: 'begin' }, close: { method: 'end' } });
    const port = portOf([], 's1');
    const request = async (message: unknown): Promise<unknown> => {
      if ((message as { method: string }).method === refused) throw new Error('refused');
      return {};
    };
    const ask = (wireId: string): void =>
      void protocol.address({
        kind: 'request',
        frame: frameOf({ method: 'a' }),
        wireId,
        call: 1,
        owns: () => true,
      });
    ask('s1');
    ask('s2');
    const ended = async (): Promise<void> => {
      const opened = (await protocol.open?.({ ...port, request } as SessionPort)) as Opened;
      await opened.close({ ...port, request } as SessionPort);
    };
    await expect(ended()).rejects.toThrow('refused');
    expect(protocol.route(frameOf({ id: 1, result: 1 }))).toEqual({ as: 'unknown' });
    expect(protocol.route(frameOf({ id: 2, result: 1 }))).toMatchObject({ as: 'reply', to: 's2' });
  },
);

test('a reply to no request, and one that has no id, are strays', () => {
  const { route } = jsonRpcProtocol(none);
  expect(route(frameOf({ id: 9, result: 1 }))).toEqual({ as: 'unknown' });
  expect(route(frameOf({ id: null, error: { code: -32_700, message: 'no JSON' } }))).toEqual({ as: 'unknown' });
});
