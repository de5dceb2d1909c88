// A line on a child's stdout that is no message: where frames are lines, the child lives.
import { describe, expect, test } from 'vitest';
import { contentLength } from '../../src/codec/content-length.ts';
import { json } from '../../src/codec/json.ts';
import { createPool } from '../../src/pool/create-pool.ts';
import type { Session } from '../../src/session/types.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program, programProtocol, until } from '../support/pools.ts';

test('a stray line is passed over, reported once, and shown in the evidence of what times out', async () => {
  const warnings: string[] = [];
  const echoes = pool('says-on-request', {}, { warn: (message) => warnings.push(message) });
  const [session, other] = [await echoes.register(), await echoes.register()];
  session.send({ type: 'print', text: 'Compiling 3 modules…\n' });
  session.send({ type: 'print', text: '42\n' });
  session.send({ type: 'print', text: 'Done\n' });
  for (const each of [session, other]) {
    expect(await each.request({ type: 'query' })).toMatchObject({ session: each.id });
  }
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^pool "echoes": the child printed to its stdout .*: Compiling 3 modules…\n.*stderr/);
  const error = await failure(
    other.event(() => true, { timeout: 20 }),
    'REQUEST_TIMEOUT',
  );
  const lines = ['← Compiling 3 modules… (no message)', '← 42 (no message)', '← Done (no message)'];
  expect(error.evidence.strays).toEqual(lines);
  expect(error.message).toContain(`--- what no session took ---\n  │ ${lines.join('\n  │ ')}`);
  expect((await session.evidence()).strays).toEqual(lines);
  expect(echoes.stats()).toMatchObject({ children: 1, failures: 0, strays: 3, lastStrays: lines });
  // A session that begins later has nothing to do with them.
  expect((await (await echoes.register()).evidence()).strays).toBe(undefined);
});

test('a banner before the hello does no harm', async () => {
  const warnings: string[] = [];
  const echoes = pool('prints-to-stdout', {}, { warn: (message) => warnings.push(message) });
  await using session = await echoes.register();
  expect(await session.request({ type: 'query' })).toMatchObject({ session: session.id });
  expect(warnings.join()).toContain('Welcome to Prints 1.0!');
});

test('one message is no more than its line: the rest of a chunk is read', async () => {
  const echoes = pool('says-on-request', {}, { warn: () => {} });
  const session = await echoes.register();
  session.send({
    type: 'print',
    text: `oops {"type":"event","session":"s1"}\n{"type":"event","session":"s1","n":1}\n`,
  });
  expect(await session.event()).toMatchObject({ n: 1 });
  await until('both are known', () => echoes.stats().strays === 1);
});

describe('a newline that is missing', () => {
  const quiet = { warn: (): void => {} };

  test('before the hello: the start fails at once, once, and shows the line', async () => {
    const warnings: string[] = [];
    const echoes = pool('prints-to-stdout --banner=Loading…', {}, { warn: (message) => warnings.push(message) });
    const error = await failure(echoes.register(), 'CHILD_NO_HELLO');
    expect(error.message).toMatch(
      /^Pool "echoes": The hello of the child was not read, because other text stands on its line: a newline is missing before \{type: "hello", .*\}\n/,
    );
    expect(error.evidence.strays).toEqual([
      expect.stringMatching(/^← Loading…\{"type":"hello",.* \(no message: a newline is missing before \{type: "hello"/),
    ]);
    expect(warnings.join()).toMatch(
      /If a message stands there, it is lost: a newline is missing before \{type: "hello"/,
    );
    await failure(echoes.register(), 'POOL_GAVE_UP');
    expect(echoes.stats()).toMatchObject({ children: 1, failures: 1 });
  });

  test('before the hello on a line of a log: the hello that follows on its own line counts', async () => {
    const logged = 'prints-to-stdout --hello-at-once --banner=sends:{"type":"hello"}\n';
    const session = await pool(logged, {}, quiet).register();
    expect(await session.request({ type: 'query' })).toMatchObject({ session: session.id });
  });

  test('after the hello: the deadline shows what came, and no second child waits for it', async () => {
    const echoes = pool('prints-to-stdout --banner= --unended', { helloTimeout: 2_000 }, quiet);
    const error = await failure(echoes.register(), 'CHILD_NO_HELLO');
    expect(error.message).toMatch(
      /no hello within 2000 ms; expected .*, and what came was no message of it: \{type: "hello"\} \(the newline that ends it has not come\)/,
    );
    expect(error.evidence.strays).toEqual(['← {type: "hello"} (the newline that ends it has not come)']);
    await failure(echoes.register(), 'POOL_GAVE_UP');
  });

  test('before what `open` or `close` waits for: it fails at once', async () => {
    const glued = (type: string): object => ({
      send: { type: 'print', text: `oops {"session":"s1","type":"${type}"}\n` },
      expect: { type },
    });
    const opens = pool('says-on-request', { protocol: { ...programProtocol, open: glued('opened') as never } }, quiet);
    const unopened = await failure(opens.register(), 'FRAME_MALFORMED');
    expect(unopened.message).toMatch(
      /^What session s1 waits for was not read, because other text stands on its line: a newline is missing before \{session: "s1", type: "opened"\}/,
    );
    const closes = pool(
      'says-on-request',
      { closeTimeout: 30_000, protocol: { ...programProtocol, close: glued('closed') as never } },
      quiet,
    );
    const unclosed = await failure((await closes.register()).unregister(), 'FRAME_MALFORMED');
    expect(unclosed.message).toMatch(/^What session s1 waits for was not read/);
    expect(closes.stats().firstUnconfirmed).toMatch(/^session s1: What session s1 waits for was not read/);
  });

  test('before a reply: the evidence of the request says so, with the reply', async () => {
    const clock = new FakeClock();
    const echoes = pool('says-on-request', {}, { ...quiet, clock });
    const session = await echoes.register();
    session.send({ type: 'print', text: '[1/3] ' });
    const late = failure(session.request({ type: 'query' }, { timeout: 300 }), 'REQUEST_TIMEOUT');
    await until('its reply has come', () => echoes.stats().strays === 1);
    // Before it fails because of that.
    clock.pass(300);
    const error = await late;
    expect(error.evidence.strays).toEqual([
      expect.stringMatching(
        /^← \[1\/3\] \{"type":"reply",.* \(no message: a newline is missing before \{type: "reply"/,
      ),
    ]);
  });

  test.each(['in process', 'through a hub'])(
    'before a reply, %s: the request fails soon, and no other does',
    async (where) => {
      const options = program('says-on-request', { requestTimeout: 30_000 });
      const register =
        where === 'in process'
          ? async (): Promise<Session> => await pool('says-on-request', options, quiet).register()
          : async (): Promise<Session> => await (await (await serve({ echoes: options })).connect()).register('echoes');
      const session = await register();
      session.send({ type: 'print', text: '[1/3] ' });
      const lost = failure(session.request({ type: 'query' }), 'FRAME_MALFORMED');
      expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
      const error = await lost;
      expect(error.message).toMatch(
        /^The reply to \{type: "query"\} in session s1 was not read, because other text stands on its line: a newline is missing before \{type: "reply"/,
      );
      expect(error).toMatchObject({ scope: 'call', blame: 'child' });
      expect(error.evidence.strays).toEqual([expect.stringMatching(/^← \[1\/3\] /)]);
      expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
    },
  );

  test('a child that logs its requests, or a reply before it sends it, fails no request', async () => {
    const clock = new FakeClock();
    const echoes = pool('says-on-request', {}, { ...quiet, clock });
    const session = await echoes.register();
    const waits = session.request({ type: 'say', messages: [] });
    const id = 'c1';
    const print = (text: string): Promise<unknown> => {
      session.send({ type: 'print', text });
      // Answered after the line has been read.
      return session.request({ type: 'query' });
    };
    await print(`got {"type":"say","messages":[],"session":"s1","id":"${id}"}\n`);
    clock.pass(600);
    await print(`sends {"type":"reply","session":"s1","id":"${id}"}\n`);
    session.send({ type: 'say', messages: [{ type: 'reply', session: 's1', id }] });
    expect(await waits).toMatchObject({ type: 'reply' });
    clock.pass(600);
    expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  });

  test('after a reply: the evidence shows what came of its line', async () => {
    const session = await pool('says-on-request', {}, quiet).register();
    const request = { type: 'print', text: '{"type":"reply","session":"s1","id":"c1"}' };
    const error = await failure(session.request(request, { timeout: 1_500 }), 'REQUEST_TIMEOUT');
    expect(error.evidence.strays).toEqual([
      '← {type: "reply", session: "s1", id: "c1"} (the newline that ends it has not come)',
    ]);
  });
});

describe('`strayOutput`', () => {
  test('"fail" ends the child', async () => {
    const echoes = pool('says-on-request', { strayOutput: 'fail' });
    const session = await echoes.register();
    const waiting = session.event();
    session.send({ type: 'print', text: 'Compiling\n' });
    const error = await failure(waiting, 'FRAME_MALFORMED');
    expect(error.message).toMatch(
      /^Cannot wait for an event: session s1 was closed because its child printed a line that is no message, "Compiling", \d+ ms ago\n/,
    );
    expect((error.cause as Error).message).toMatch(
      /^Pool "echoes": The child printed a line to its stdout that is no message, which ends it, because `strayOutput` of the pool is 'fail': "Compiling"; print to stderr instead$/,
    );
  });

  test('text among frames with headers, and then silence: the time-out quotes it', async () => {
    const hello = `{"type":"hello"}`;
    const code = `process.stdout.write('Content-Length: ${hello.length}\\r\\n\\r\\n${hello}debug: got it\\n'); process.stdin.resume();`;
    const codec = { name: 'headers', framing: contentLength, format: json };
    const echoes = pool('echo', { codec, args: ['-e', code], requestTimeout: 1_500, closeTimeout: 50 });
    const session = await echoes.register();
    const error = await failure(session.request({ type: 'query' }), 'REQUEST_TIMEOUT');
    expect(error.evidence.strays).toEqual(['← debug: got it (the rest of its header has not come)']);
    await failure(session.unregister(), 'REQUEST_TIMEOUT');
  });

  test('is "fail", and cannot be another, where the frames are not lines', () => {
    expect(pool('echo', { codec: 'msgpack' }).settings.strayOutput).toBe('fail');
    const make = (): unknown =>
      createPool({ ...program('echo'), codec: 'msgpack', strayOutput: 'pass', name: 'echoes' });
    expect(make).toThrow(
      'Cannot make pool "echoes": found `strayOutput` "pass"; allowed: "fail", because the frames of this codec are not lines',
    );
  });
});
