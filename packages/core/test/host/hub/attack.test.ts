// Workers that break the rules or vanish at a bad moment: only they are affected.
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { isCarpoolError } from '../../../src/base/errors.ts';
import { op } from '../../../src/wire/frames.ts';
import { failure } from '../../support/failure.ts';
import { serve, transport, type Served } from '../../support/hubs.ts';
import { program, until } from '../../support/pools.ts';
import { RawPeer } from '../../support/raw-peer.ts';

const echoes = (): Promise<Served> => serve({ echoes: program('echo', { maxSessions: 2 }) });

describe('a worker that has greeted and then', () => {
  test.each([
    ['sends a frame of a kind that is the host’s', (peer: RawPeer) => peer.say(op.RESULT, 0, 1, {})],
    ['sends a frame of no known kind', (peer: RawPeer) => peer.say(0x7f, 0, 1, {})],
    ['sends a call that is no JSON', (peer: RawPeer) => peer.say(op.CALL, 0, 1, Buffer.from('{{'))],
    ['sends a frame without a head', (peer: RawPeer) => peer.write(Buffer.from([0, 0, 0, 1, 1]))],
    ['sends an absurd length', (peer: RawPeer) => peer.write(Buffer.from([0xff, 0xff, 0xff, 0xff]))],
  ])('%s is disconnected, and its slot is free', async (_, misbehave) => {
    const served = await echoes();
    const peer = await RawPeer.join(served);
    await peer.register(1);
    const client = await served.connect();
    const session = await client.register('echoes');
    misbehave(peer);
    await peer.closed;
    await until('its slot is free', () => served.pool().stats().open === 1);
    expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  });

  test.each([
    ['calls an unknown method', { method: 'format the disk' }],
    ['calls nothing', {}],
    ['greets again', { method: 'greet' }],
    ['ends an owner that is none', { method: 'release', owner: 7 }],
    ['registers under an owner that is none', { method: 'register', session: 9, pool: 'echoes', stack: '', under: 7 }],
    ['registers with a number that is none', { method: 'register', session: 'x', pool: 'echoes', stack: '' }],
    [
      'registers with a number that the wire has no room for',
      { method: 'register', session: 2 ** 32, pool: 'echoes', stack: '' },
    ],
    [
      'takes a lease with such a number',
      { method: 'acquire', lease: 2 ** 32, name: 'l', kind: 'lock', size: 1, weight: 1 },
    ],
    ['registers as the connection itself', { method: 'register', session: 0, pool: 'echoes', stack: '' }],
    ['registers at a pool that is not there', { method: 'register', session: 9, pool: 'missing', stack: '' }],
    ['registers at what every object has', { method: 'register', session: 9, pool: 'constructor', stack: '' }],
  ])('%s gets an answer that says no, and goes on', async (_, request) => {
    const served = await echoes();
    const peer = await RawPeer.join(served);
    expect(await peer.call(request)).toMatchObject({ op: op.FAILED });
    expect(await peer.register(1)).toMatchObject({ op: op.RESULT });
    expect(await peer.request(1, { type: 'query' })).toMatchObject({ op: op.REPLY, body: { type: 'reply' } });
    expect(served.pool().stats()).toMatchObject({ open: 1 });
  });
});

test('an unknown method is no mistake of a test', async () => {
  const peer = await RawPeer.join(await echoes());
  const { body } = await peer.call({ method: 'format the disk' });
  expect(body).toMatchObject({ code: 'HUB_REJECTED', blame: 'carpool' });
  expect((body as Error).message).toContain('The host knows no method "format the disk"');
});

test('a request in a session that is not there gets its answer', async () => {
  const peer = await RawPeer.join(await echoes());
  await peer.register(1);
  expect(await peer.request(2, { type: 'query' })).toMatchObject({ op: op.FAILED, body: { code: 'SESSION_REFUSED' } });
  await peer.call({ method: 'unregister', session: 1 });
  expect(await peer.request(1, { type: 'query' })).toMatchObject({ op: op.FAILED, body: { code: 'SESSION_REFUSED' } });
});

test('a frame over the limit of its pool is refused by its head, before its body is there', async () => {
  const served = await serve({ echoes: program('echo', { maxFrameBytes: 10_000 }) });
  const [peer, other] = [await RawPeer.join(served), await RawPeer.join(served)];
  await peer.register(1);
  await other.register(1);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(1_000_000, 0);
  head.writeUInt8(op.REQUEST, 4);
  head.writeUInt32BE(1, 5);
  peer.write(head);
  await peer.closed;
  await until('its slot is free', () => served.pool().stats().open === 1);
  expect(await other.request(1, { type: 'query' })).toMatchObject({ op: op.REPLY });
});

test('names that move the cursor of a terminal reach nobody as they are', async () => {
  const served = await serve({ echoes: program('echo', { maxSessions: 1 }) });
  const [mine, theirs] = [await RawPeer.join(served), await RawPeer.join(served)];
  const evil = 'a\u001b[2J\u009b1A\r\nb\u202ec';
  const holder = { test: evil, file: evil };
  await mine.register(1, {
    holder,
    stack: `Error\n    at ${evil} (/x/\u001b[31m.ts:1:1)\n    at /y/\u001b[31m.ts:2:2`,
  });
  const lock = { method: 'acquire', kind: 'lock', size: 1, weight: 1, lease: 1, name: 'l', wait: false } as const;
  await mine.call({ ...lock, holder, at: evil });
  for (const answer of [await theirs.register(1, { wait: false }), await theirs.call(lock)]) {
    expect(answer.op).toBe(op.FAILED);
    const { message } = answer.body as Error;
    expect(message).toContain('a [2J 1A b c');
    // eslint-disable-next-line no-control-regex
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  }
});

test('what is sent into a session that has just ended costs the others nothing', async () => {
  const peer = await RawPeer.join(await echoes());
  await peer.register(1);
  await peer.register(2);
  await peer.request(1, { type: 'query' });
  await peer.call({ method: 'unregister', session: 1 });
  peer.say(op.SEND, 1, 0, { type: 'note', text: 'x'.repeat(1_000_000) });
  expect(await peer.request(2, { type: 'query' })).toMatchObject({ op: op.REPLY });
});

test('a pool that is not there is named, with those that are', async () => {
  const served = await echoes();
  const client = await served.connect();
  const error = await failure(client.register('renderer'), 'CONFIG_INVALID');
  expect(error.message).toBe('There is no pool "renderer": the config has "echoes"');
  expect(error.stack).toContain('attack.test.ts');
  expect(await client.pools()).toEqual(['echoes']);
});

test('a session number cannot be in use twice at the same time', async () => {
  const served = await echoes();
  const peer = await RawPeer.join(served);
  expect(await peer.register(1)).toMatchObject({ op: op.RESULT });
  const again = await peer.register(1);
  expect(again).toMatchObject({ op: op.FAILED, body: { code: 'SESSION_REFUSED' } });
  expect(await peer.request(1, { type: 'query' })).toMatchObject({ body: { session: 's1' } });
  expect(served.pool().stats()).toMatchObject({ open: 1, sessions: 1 });
});

test('a session of another worker is out of reach, by its number and by its name', async () => {
  const served = await echoes();
  const [mine, theirs] = [await RawPeer.join(served), await RawPeer.join(served)];
  await mine.register(1);
  await theirs.register(2);
  mine.say(op.SEND, 2, 0, { type: 'note' });
  mine.say(op.REQUEST, 2, 77, { type: 'query' });
  mine.say(op.ANSWER, 2, 1, { type: 'answer' });
  mine.say(op.CANCEL, 2, 1, {});
  await mine.call({ method: 'unregister', session: 2 });
  await mine.call({ method: 'evidence', session: 2 });
  const named = await mine.request(1, { type: 'query', session: 's2' });
  expect(named).toMatchObject({ op: op.FAILED, body: { code: 'SESSION_REFUSED' } });
  expect((named.body as Error).message).toContain('names session "s2"');
  expect(await theirs.request(2, { type: 'query' })).toMatchObject({ body: { session: 's2' } });
  expect(await mine.request(1, { type: 'query' })).toMatchObject({ body: { session: 's1' } });
});

test('a message that must not be sent ends its session if no call can fail', async () => {
  const served = await echoes();
  const peer = await RawPeer.join(served);
  await peer.register(1);
  await peer.register(2);
  peer.say(op.SEND, 1, 0, { type: 'note', session: 's9' });
  const closed = await peer.hear((heard) => heard.op === op.CLOSED);
  expect(closed).toMatchObject({ session: 1, body: { by: 'hub', error: { code: 'SESSION_REFUSED' } } });
  expect(await peer.request(2, { type: 'query' })).toMatchObject({ body: { session: 's2' } });
});

test('an answer that cannot be sent ends its session, and not its worker', async () => {
  const served = await serve({ echoes: program('asks', { maxFrameBytes: 10_000 }) });
  const peer = await RawPeer.join(served);
  await peer.register(1);
  await peer.register(2);
  void peer.request(1, { type: 'query' }).catch(() => {});
  const question = await peer.hear((heard) => heard.op === op.ASK);
  peer.say(op.ANSWER, 1, question.call, { type: 'answer', text: 'x'.repeat(20_000) });
  const closed = await peer.hear((heard) => heard.op === op.CLOSED);
  expect(closed).toMatchObject({ session: 1, body: { error: { code: 'FRAME_TOO_LARGE' } } });
  peer.say(op.REQUEST, 2, 900, { type: 'query' });
  expect(await peer.hear((heard) => heard.op === op.ASK)).toMatchObject({ session: 2 });
});

test('a call that is too large, or one too many, is refused, and the worker goes on', async () => {
  const limits = { maxCalls: 3, maxCallBytes: 10_000 };
  const served = await serve({ echoes: program('echo', { maxSessions: 1 }) }, { limits });
  const peer = await RawPeer.join(served);
  const large = await peer.call({ method: 'pools', more: 'x'.repeat(10_000) });
  expect(large).toMatchObject({ op: op.FAILED, body: { code: 'FRAME_TOO_LARGE', context: { limit: 10_000 } } });
  await peer.register(1);
  for (const session of [2, 3, 4]) {
    peer.say(op.CALL, 0, 100 + session, { method: 'register', session, pool: 'echoes', stack: '' });
  }
  const over = await peer.call({ method: 'pools' });
  expect(over).toMatchObject({ op: op.FAILED, body: { code: 'SESSION_OVERFLOW', context: { limit: 3 } } });
  peer.say(op.CANCEL, 0, 102, new Uint8Array());
  await peer.hear(({ call }) => call === 102);
  expect(await peer.call({ method: 'pools' })).toMatchObject({ op: op.RESULT });
});

test('a worker that does not send its call site breaks no errors of others', async () => {
  const served = await echoes();
  const peer = await RawPeer.join(served);
  for (const [session, stack] of [undefined, 7].entries()) {
    expect(await peer.register(session + 1, { stack, holder: 'unknown' })).toMatchObject({ op: op.RESULT });
  }
  const client = await served.connect();
  const error = await failure(client.register('echoes', { wait: false }), 'POOL_FULL');
  expect(error.message).toContain('all 2 slots are busy');
});

describe('a worker that goes', () => {
  test('in the middle of a request frees its slots', async () => {
    const served = await serve({ echoes: program('answers-late', { maxSessions: 2 }) });
    const peer = await RawPeer.join(served);
    await peer.register(1);
    await peer.register(2);
    peer.say(op.REQUEST, 1, 50, { type: 'query' });
    const client = await served.connect();
    const waiting = client.register('echoes');
    await until('another waits', () => served.pool().stats().queued === 1);
    peer.close();
    const session = await waiting;
    session.send({ type: 'now' });
    await until('all is free', () => served.pool().stats().open === 1);
    expect(served.pool().stats()).toMatchObject({ quarantined: 0, queued: 0, children: 1 });
  });

  test('while it waits for a slot leaves its place in the queue', async () => {
    const served = await serve({ echoes: program('echo', { maxSessions: 1 }) });
    const client = await served.connect();
    const session = await client.register('echoes');
    const peer = await RawPeer.join(served);
    peer.register(1).catch(() => {});
    await until('it waits', () => served.pool().stats().queued === 1);
    const next = client.register('echoes');
    await until('both wait', () => served.pool().stats().queued === 2);
    peer.close();
    await until('it has left', () => served.pool().stats().queued === 1);
    await session.unregister();
    await (await next).unregister();
    expect(served.pool().stats()).toMatchObject({ open: 0, queued: 0, sessions: 2 });
  });

  test('while its child starts leaves nothing', async () => {
    const served = await serve({ echoes: program('slow-start --delay=150', { maxSessions: 1 }) });
    const peer = await RawPeer.join(served);
    peer.register(1).catch(() => {});
    await until('it starts', () => served.pool().stats().open === 1);
    peer.close();
    await until('its slot is free', () => served.pool().stats().open === 0);
    const client = await served.connect();
    await (await client.register('echoes', { wait: false })).unregister();
    expect(served.pool().stats()).toMatchObject({ open: 0, children: 1 });
  });
});

test('giving up `register` at any moment leaves no session behind', async () => {
  const served = await serve({ echoes: program('echo', { maxSessions: 3 }) });
  const client = await served.connect();
  await (await client.register('echoes')).unregister();
  const turns = async (count: number): Promise<void> => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  for (let n = 0; n < 30; n++) {
    const given = new AbortController();
    const registering = client.register('echoes', { signal: given.signal });
    await turns(n % 10);
    given.abort(new Error('enough'));
    const outcome = await registering.then((session) => session.unregister()).catch((thrown: Error) => thrown.message);
    expect([undefined, 'enough']).toContain(outcome);
    await turns(20);
  }
  await until('all is free', () => served.pool().stats().open === 0);
  expect(served.pool().stats()).toMatchObject({ queued: 0, quarantined: 0, children: 1 });
});

describe('a worker that does not read', () => {
  test('loses the sessions that write to it, and other workers lose nothing', async () => {
    const served = await serve(
      { echoes: program('says-on-request', { maxSessions: 3 }) },
      { limits: { maxBacklogBytes: 1_000_000 } },
    );
    const peer = await RawPeer.join(served);
    await peer.register(1);
    await peer.register(2);
    const client = await served.connect();
    const session = await client.register('echoes');
    peer.socket.pause();
    const text = 'x'.repeat(200_000);
    // More than the system keeps of a connection: of one by TCP some MiB.
    const count = transport.tls ? 100 : 20;
    for (let n = 0; n < count; n++) session.send({ type: 'say', messages: [{ type: 'event', session: 's1', text }] });
    await until('it is ended', () => served.pool().stats().open === 2);
    expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
    peer.socket.resume();
    const closed = await peer.hear((heard) => heard.op === op.CLOSED);
    expect(closed).toMatchObject({ session: 1, body: { by: 'overflow', error: { code: 'SESSION_OVERFLOW' } } });
    expect(await peer.request(2, { type: 'query' })).toMatchObject({ body: { session: 's2' } });
  });

  test('is disconnected when its answers reach the limit, and no other worker notices', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => said.mockRestore());
    const served = await serve({}, { limits: { maxBacklogBytes: 0 } });
    const peer = await RawPeer.join(served);
    const client = await served.connect();
    peer.socket.pause();
    const lock = { name: 'printer', kind: 'lock', size: 1, weight: 1 } as const;
    // Each call fails with the name in its error.
    const pool = 'x'.repeat(100_000);
    for (let call = 100; served.hub.peers === 2 && call < 1_000; call++) {
      peer.say(op.CALL, 0, call, { method: 'start', pool });
      (await client.leases.acquire(lock)).held.release();
    }
    await until('it is gone', () => served.hub.peers === 1);
    expect(String(said.mock.calls.at(-1)?.[0])).toMatch(
      /^carpool: The host has disconnected worker 1: \d+ bytes wait for it, and it does not read; the limit is 0\n$/,
    );
  });

  test('does not keep the hub from closing', async () => {
    const served = await serve({ echoes: program('says-on-request') });
    const peer = await RawPeer.join(served);
    await peer.register(1);
    const client = await served.connect();
    const session = await client.register('echoes');
    peer.socket.pause();
    const text = 'x'.repeat(1_000_000);
    for (let n = 0; n < 5; n++) session.send({ type: 'say', messages: [{ type: 'event', session: 's1', text }] });
    await session.request({ type: 'query' });
    await served.close();
    expect(served.hub.peers).toBe(0);
  });
});

describe('the end of an owner', () => {
  test('ends its sessions, newest first, and tells the worker why', async () => {
    const served = await serve({ echoes: program('echo') });
    const client = await served.connect();
    const under = ['a.test.ts', 'adds'];
    const [test1, other] = [await client.register('echoes', { under }), await client.register('echoes')];
    expect(await client.release(under)).toBe(0);
    expect(await test1.closed).toMatchObject({ by: 'owner', reason: 'because its test has ended' });
    const error = await failure(test1.request({ type: 'query' }), 'SESSION_CLOSED');
    expect(error.message).toMatch(/because its test has ended \d+ ms ago$/);
    const late = await failure(client.register('echoes', { under }), 'SESSION_CLOSED');
    expect(late.message).toContain('"adds", which would own it, has ended');
    expect(await other.request({ type: 'query' })).toMatchObject({ type: 'reply' });
    expect(served.pool().stats()).toMatchObject({ open: 1 });
  });

  test('says how many ends the child did not confirm', async () => {
    const served = await serve({ echoes: program('never-confirms', { closeTimeout: 30, maxQuarantined: 4 }) });
    const client = await served.connect();
    await client.register('echoes', { under: ['a.test.ts'] });
    await client.register('echoes', { under: ['a.test.ts', 'adds'] });
    expect(await client.release(['a.test.ts'])).toBe(2);
    expect(served.pool().stats()).toMatchObject({ open: 0, quarantined: 2 });
  });
});

describe('the end of the connection', () => {
  test('by the worker itself ends its sessions, and is no failure', async () => {
    const served = await echoes();
    const client = await served.connect();
    const session = await client.register('echoes');
    session.send({ type: 'note' });
    client.close();
    expect(await client.closed).toBe(undefined);
    expect(await session.closed).toMatchObject({ by: 'hub' });
    await until('its slot is free', () => served.pool().stats().open === 0);
  });

  test('by the host is reported to all that wait', async () => {
    const served = await serve({ echoes: program('answers-late') });
    const client = await served.connect();
    const session = await client.register('echoes');
    const request = failure(session.request({ type: 'query' }), 'SESSION_CLOSED');
    await served.hub.close();
    expect((await request).message).toContain('because the run has ended');
    expect(isCarpoolError(await client.closed, 'HUB_LOST')).toBe(true);
    const error = await failure(client.register('echoes'), 'HUB_LOST');
    expect(error.stack).toContain('attack.test.ts');
  });
});

test('the hello of a child arrives, also with values that JSON cannot express', async () => {
  const script = `
    import { pack } from 'msgpackr';
    const payload = pack({ type: 'hello', session: '', serial: 2n ** 60n, key: new Uint8Array([1, 2, 3]) });
    const head = Buffer.alloc(4);
    head.writeUInt32BE(payload.length);
    process.stdin.once('data', () => process.stdout.write(Buffer.concat([head, payload]))).on('end', () => {});
  `;
  const args = ['--input-type=module', '-e', script];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const protocol = { hello: { send: { type: 'settings' }, expect: { type: 'hello' } } };
  const served = await serve({ echoes: { ...program('echo', { codec: 'msgpack' }), args, cwd, protocol } });
  const client = await served.connect();
  const session = await client.register('echoes');
  expect(session.hello).toMatchObject({ type: 'hello', serial: '1152921504606846976', key: 'AQID' });
});
