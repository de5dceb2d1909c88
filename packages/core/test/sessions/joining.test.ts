/** A test hands its session to another process: what that process can do, and what it cannot. */
import { expect, test } from 'vitest';
import { joinSession } from '../../src/client/join.ts';
import { failure } from '../support/failure.ts';
import { serve, type Served } from '../support/hubs.ts';
import { pool, program, until } from '../support/pools.ts';
import { op } from '../../src/wire/frames.ts';
import { isRemote } from '../../src/wire/address.ts';
import { parseSessionAddress } from '../../src/wire/session-address.ts';
import { RawPeer } from '../support/raw-peer.ts';
import { web } from '../server/web.ts';

const echoes = (line = 'echo', options = {}): Promise<Served> => serve({ echoes: program(line, options) });

/** Greets as a process that is to join, with frames of its own. */
async function rawJoin(address: string): Promise<RawPeer> {
  const { token, ...place } = parseSessionAddress(address);
  if (isRemote(place)) throw new Error('not on this machine');
  return await RawPeer.join({ ...place, token });
}

test.each(['json-lines', 'msgpack'] as const)(
  'a joined process speaks on the session of the test: %s',
  async (codec) => {
    const served = await echoes('echo', { codec });
    const session = await (await served.connect()).register('echoes');
    const joined = await joinSession(await session.address());
    expect(joined).toMatchObject({ id: session.id, pool: 'echoes', format: session.format, hello: session.hello });
    const [own, others] = await Promise.all([joined.request({ type: 'a' }), session.request({ type: 'b' })]);
    expect(own).toMatchObject({ session: session.id, echo: { type: 'a' } });
    expect(others).toMatchObject({ session: session.id, echo: { type: 'b' } });
    await joined.unregister();
    expect(joined.closeReason).toMatchObject({ by: 'unregister' });
    // It was the test's, and still is.
    expect(await session.request({ type: 'c' })).toMatchObject({ echo: { type: 'c' } });
    expect(served.pool().stats()).toMatchObject({ open: 1, sessions: 1 });
    await until('its connection has ended', () => served.hub.joinedProcesses === 0);
  },
);

test('events come to the test and to each joined process; replies to the process that asked', async () => {
  const served = await echoes('says-on-request');
  const session = await (await served.connect()).register('echoes');
  const [first, second] = [await joinSession(await session.address()), await joinSession(await session.address())];
  first.send({ type: 'say', messages: [{ type: 'event', session: session.id, text: 'to all' }] });
  const events = await Promise.all([session, first, second].map((each) => each.event()));
  expect(new Set(events.map((event) => JSON.stringify(event))).size).toBe(1);
});

test('questions of the child go to the test, also where a joined process caused them', async () => {
  const served = await echoes('asks');
  const session = await (await served.connect()).register('echoes');
  session.answer(() => ({ type: 'answer', text: 'of the test' }));
  const joined = await joinSession(await session.address());
  expect(() => joined.answer(() => ({ type: 'answer' }))).toThrow(/the child's questions go to the test/);
  expect(await joined.request({ type: 'prompt' })).toMatchObject({ answer: { text: 'of the test' } });
});

test('the end of the session disconnects the process, whose calls fail by its name', async () => {
  const served = await echoes('answers-late');
  const client = await served.connect();
  const session = await client.register('echoes', { under: ['file', 'test'] });
  const joined = await joinSession(await session.address());
  const waiting = failure(joined.request({ type: 'silence' }), 'SESSION_CLOSED');
  await joined.evidence();
  await client.release(['file', 'test']);
  expect((await waiting).message).toMatch(/session s1 was closed because its test has ended/);
  expect(await joined.closed).toMatchObject({ by: 'owner', reason: 'because its test has ended' });
  const late = await failure(joined.request({ type: 'late' }), 'SESSION_CLOSED');
  expect(late.message).toMatch(/^Cannot request: session s1 was closed because its test has ended/);
  expect(() => joined.send({ type: 'late' })).toThrow(/session s1 was closed because its test has ended/);
  await joined[Symbol.asyncDispose]();
  await until('its connection has ended', () => served.hub.joinedProcesses === 0);
});

test('the death of the child fails the process as it fails the test', async () => {
  const served = await echoes('exits-on-request');
  const session = await (await served.connect()).register('echoes');
  const joined = await joinSession(await session.address());
  await failure(joined.request({ type: 'die', code: 3 }), 'CHILD_EXITED');
  expect((await joined.closed).error?.code).toBe('CHILD_EXITED');
  expect((await session.closed).error?.code).toBe('CHILD_EXITED');
});

test('a process that dies in a call leaves the session, its slot and the other calls as they are', async () => {
  const served = await echoes();
  const session = await (await served.connect()).register('echoes');
  const peer = await rawJoin(await session.address());
  expect(await peer.call({ method: 'join', session: 5, pid: 7 })).toMatchObject({
    op: op.RESULT,
    body: { pool: 'echoes', id: 's1', format: 'json', wireIds: ['s1'] },
  });
  peer.say(op.REQUEST, 5, 99, { type: 'echo' });
  peer.close();
  await until('the host has noticed', () => served.hub.joinedProcesses === 0);
  expect(await session.request({ type: 'on' })).toMatchObject({ echo: { type: 'on' } });
});

const refusals: readonly [string, string, (served: Served) => Promise<string>][] = [
  [
    'an address that was used',
    `the process ${process.pid} has joined session s1 with this address already; each call of \`session.address()\` makes an address for one process`,
    async (served) => {
      const address = await (await (await served.connect()).register('echoes')).address();
      await (await joinSession(address)).unregister();
      return address;
    },
  ],
  [
    'an address that comes too late',
    'session s1 was closed by `unregister`, and a process can join it no more',
    async (served) => {
      const session = await (await served.connect()).register('echoes');
      const address = await session.address();
      await session.unregister();
      return address;
    },
  ],
  [
    'a secret of another session',
    'the token is not the one of this host; the address is of another run, or was edited',
    async (served) => {
      const client = await served.connect();
      const [first, second] = [await client.register('echoes'), await client.register('echoes')];
      const [own, other] = [await first.address(), await second.address()];
      return own.replace(/-[0-9a-f]{64}$/, /-[0-9a-f]{64}$/.exec(other)![0]);
    },
  ],
  [
    'a forged token',
    'the token is not the one of this host; the address is of another run, or was edited',
    async (served) => `carpool-session:${served.path}#1-${'f'.repeat(64)}`,
  ],
];

test.each(refusals)('%s is refused in a sentence', async (_, why, make) => {
  const served = await echoes();
  const error = await failure(joinSession(await make(served)), 'HUB_REJECTED');
  expect(error.message).toBe(`The host refused this connection: ${why}`);
  expect(error.stack).toContain('joining.test.ts');
  expect(await (await (await served.connect()).register('echoes')).request({ type: 'on' })).toBeDefined();
});

test.each([
  [undefined, /there is no address. The test makes one with `await session.address\(\)`/],
  ['', /there is no address/],
  [7, /must be text, and not of the type number/],
  ['carpool:/tmp/x#0', /this is the address of a host, which is for test workers/],
  ['nonsense', /not one that `session.address\(\)` made/],
])('%j is no address', async (address, words) => {
  expect((await failure(joinSession(address as string), 'SESSION_MISUSED')).message).toMatch(words);
});

test('the address of a run that is over says so', async () => {
  const served = await echoes();
  const session = await (await served.connect()).register('echoes');
  const address = await session.address();
  await served.close();
  expect((await failure(joinSession(address), 'HUB_UNREACHABLE')).message).toContain('a host which has ended');
});

test.each([
  { method: 'register', session: 2, pool: 'echoes', stack: '' },
  { method: 'address', session: 5 },
  { method: 'pools' },
  { method: 'stats' },
  { method: 'start', pool: 'echoes' },
  { method: 'release', owner: [] },
  { method: 'runEnded' },
  { method: 'acquire', lease: 1, name: 'printer', kind: 'lock', size: 1, weight: 1 },
  { method: 'sharedWorker', filename: '/x.mjs' },
  { method: 'greet', token: '' },
  { method: 'nonsense' },
])('a joined process reaches nothing else of the host: $method', async (request) => {
  const served = await echoes();
  const session = await (await served.connect()).register('echoes');
  const peer = await rawJoin(await session.address());
  await peer.call({ method: 'join', session: 5, pid: 7 });
  const answer = await peer.call(request);
  expect(answer).toMatchObject({ op: op.FAILED, body: { code: 'HUB_REJECTED' } });
  expect((answer.body as Error).message).toContain(`"${request.method}" is for test workers`);
  expect(await peer.request(5, { type: 'on' })).toMatchObject({ op: op.REPLY });
});

test.each([op.ANSWER, op.REFUSE, op.RELEASE, op.LOCATE, op.END, op.PUBLISH, 0x7f])(
  'a frame of kind %i ends the connection of the process alone',
  async (kind) => {
    const served = await echoes();
    const session = await (await served.connect()).register('echoes');
    const peer = await rawJoin(await session.address());
    await peer.call({ method: 'join', session: 5, pid: 7 });
    peer.say(kind, 5, 1, { owner: [] });
    await peer.closed;
    expect(await session.request({ type: 'on' })).toMatchObject({ echo: { type: 'on' } });
  },
);

test('what names another session fails the call, or disconnects the process, and harms neither session', async () => {
  const served = await echoes();
  const client = await served.connect();
  const [session, other] = [await client.register('echoes'), await client.register('echoes')];
  const peer = await rawJoin(await session.address());
  await peer.call({ method: 'join', session: 5, pid: 7 });
  expect(await peer.request(5, { type: 'x', session: other.id })).toMatchObject({
    op: op.FAILED,
    body: { code: 'SESSION_REFUSED' },
  });
  // A number that is not the one it joined with.
  expect(await peer.request(1, { type: 'x' })).toMatchObject({ op: op.FAILED, body: { code: 'SESSION_REFUSED' } });
  peer.say(op.SEND, 5, 0, { type: 'x', session: other.id });
  expect(await peer.hear((heard) => heard.op === op.CLOSED)).toMatchObject({ body: { by: 'hub' } });
  await peer.closed;
  for (const each of [session, other]) expect(await each.request({ type: 'on' })).toMatchObject({ session: each.id });
});

test('before it has joined, a process is in no session; a worker joins none', async () => {
  const served = await echoes();
  const session = await (await served.connect()).register('echoes');
  const address = await session.address();
  const [first, second] = [await rawJoin(address), await rawJoin(address)];
  expect(await first.request(5, { type: 'x' })).toMatchObject({ op: op.FAILED });
  expect(await first.call({ method: 'join', session: 0, pid: 7 })).toMatchObject({ op: op.FAILED });
  await first.call({ method: 'join', session: 5, pid: 7 });
  // Both have greeted; the second is too late.
  const refused = await second.call({ method: 'join', session: 5, pid: 8 });
  expect((refused.body as Error).message).toContain('the process 7 has joined session s1 with this address already');
  const worker = await RawPeer.join(served);
  expect(await worker.call({ method: 'join', session: 5, pid: 8 })).toMatchObject({ op: op.FAILED });
});

test('where no process can join, `address` says what to do instead', async () => {
  const alone = await pool('echo').register();
  const error = await failure(alone.address(), 'SESSION_MISUSED');
  expect(error.message).toMatch(/^Cannot make an address of session s1: its pool is in this process alone/);
  expect(error.stack).toContain('joining.test.ts');
  await alone.unregister();
  expect((await failure(alone.address(), 'SESSION_CLOSED')).message).toMatch(/^Cannot make an address: session s1/);
  const served = await serve({ web: web('') as never });
  const site = await (await served.connect()).register('web');
  expect((await failure(site.address(), 'SESSION_MISUSED')).message).toContain('Hand over `session.opened`');
});

test('a joined process hands on nothing, and at most 100 addresses wait', async () => {
  const served = await echoes();
  const session = await (await served.connect()).register('echoes');
  const joined = await joinSession(await session.address());
  expect((await failure(joined.address(), 'SESSION_MISUSED')).message).toContain('only its test can');
  for (let made = 0; made < 100; made++) await session.address();
  const error = await failure(session.address(), 'SESSION_OVERFLOW');
  expect(error.message).toContain('no process has used the last 100');
  expect(await session.request({ type: 'on' })).toBeDefined();
});

test('a joined process that does not read is disconnected; the test gets its events', async () => {
  const served = await serve({ echoes: program('says-on-request') }, { limits: { maxBacklogBytes: 1024 * 1024 } });
  const session = await (await served.connect()).register('echoes');
  const peer = await rawJoin(await session.address());
  await peer.call({ method: 'join', session: 5, pid: 7 });
  peer.socket.pause();
  const messages = Array.from({ length: 40 }, (_, n) => ({ session: session.id, n, text: 'x'.repeat(100_000) }));
  for (const message of messages) {
    session.send({ type: 'say', messages: [message] });
    expect(await session.event()).toMatchObject({ n: message.n });
  }
  await until('the host has disconnected it', () => served.hub.joinedProcesses === 0);
});
