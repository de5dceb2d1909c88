// A child that answers nothing any more: it is replaced after one end that it does not confirm, and not slot by slot.
import { describe, expect, test } from 'vitest';
import type { Session } from '../../src/session/types.ts';
import { createPool } from '../../src/pool/create-pool.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program, programProtocol, until } from '../support/pools.ts';

const quick = { closeTimeout: 60, probeTimeout: 200 };
const { probe: _, ...withoutProbe } = programProtocol;

/** Blocks the child in the request of this session. */
function block(session: Session): void {
  session.request({ type: 'block' }).catch(() => {});
}

test('a blocked child is killed after the first unconfirmed end, and its sessions fail with what blocks it', async () => {
  const echoes = pool('blocks', { ...quick, maxSessions: 8 });
  const culprit = await echoes.register({ holder: { test: 'cart › loops', file: 'cart.test.ts' } });
  const innocent = await echoes.register();
  block(culprit);
  const late = failure(innocent.request({ type: 'query' }, { timeout: 20 }), 'REQUEST_TIMEOUT');
  const stuck =
    /the oldest message that it has not answered is \{type: "block"\} \(session s1 of "cart › loops" \(cart\.test\.ts\)\)/;
  expect((await late).message).toMatch(/^No reply.*\n {2}the child sends nothing at all; /);
  expect((await late).message).toMatch(stuck);
  const waiting = failure(innocent.event(), 'CHILD_SILENT');
  await failure(culprit.unregister(), 'REQUEST_TIMEOUT');
  // Not opened on the blocked child, although it has free slots.
  const next = await echoes.register();
  expect(await next.request({ type: 'query' })).toMatchObject({ session: next.id });
  const error = await waiting;
  expect((error.cause as Error).message).toMatch(
    /^The child of pool "echoes" was killed: it did not confirm the end of session s1 within 60 ms, and sent nothing at all for 200 ms more; /,
  );
  expect((error.cause as Error).message).toMatch(stuck);
  expect(echoes.stats()).toMatchObject({ children: 2, failures: 1, unconfirmed: 1, open: 1, quarantined: 0 });
});

test('a child that says something at the end of a session, and nothing more, is asked and replaced, too', async () => {
  // What comes in the first 500 ms may have been on its way.
  const echoes = pool('blocks --last-word', { ...quick, closeTimeout: 600, maxSessions: 8 });
  const [culprit, innocent] = [await echoes.register(), await echoes.register()];
  await failure(culprit.unregister(), 'REQUEST_TIMEOUT');
  const { error } = await innocent.closed;
  expect(error).toMatchObject({ code: 'CHILD_SILENT' });
  expect(error?.message).toContain(
    'did not confirm the end of session s1 within 600 ms, and sent nothing at all for 200 ms more',
  );
  const next = await echoes.register();
  expect(await next.request({ type: 'query' })).toMatchObject({ session: next.id });
  expect(echoes.stats()).toMatchObject({ children: 2, unconfirmed: 1, open: 1, quarantined: 0 });
});

test('a test that ends while its request has no reply keeps the child from the next one', async () => {
  const served = await serve({ echoes: program('blocks', { ...quick, maxSessions: 8 }) });
  const client = await served.connect();
  block(await client.register('echoes', { under: ['a.test.ts', '1'] }));
  // As adapters do: the next test does not wait for this end.
  void client.end(['a.test.ts', '1']);
  const next = await client.register('echoes', { under: ['a.test.ts', '2'] });
  expect(await next.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  expect(served.pool().stats()).toMatchObject({ children: 2, unconfirmed: 1, open: 1 });
});

test('where the child answers, the next one waits for no more than that', async () => {
  const echoes = pool('answers-late', { closeTimeout: 5_000, probeTimeout: 5_000, maxSessions: 2 });
  const session = await echoes.register();
  const waiting = failure(session.request({ type: 'query' }), 'SESSION_CLOSED');
  const ended = session.unregister();
  await (await echoes.register()).unregister();
  await ended;
  await waiting;
  expect(echoes.stats()).toMatchObject({ children: 1, unconfirmed: 0, open: 0 });
});

test('the error of the culprit names no other session', async () => {
  const echoes = pool('blocks', quick);
  const session = await echoes.register();
  const error = await failure(session.request({ type: 'block' }, { timeout: 20 }), 'REQUEST_TIMEOUT');
  expect(error.message).not.toContain('sends nothing');
  await failure(session.unregister(), 'REQUEST_TIMEOUT');
});

test('a child that a signal has stopped is replaced, too', async () => {
  const echoes = pool('echo', { ...quick, maxSessions: 8 });
  const session = await echoes.register();
  const [pid] = echoes.stats().pids;
  process.kill(pid ?? 0, 'SIGSTOP');
  await failure(session.unregister(), 'REQUEST_TIMEOUT');
  await echoes.register();
  expect(echoes.stats()).toMatchObject({ children: 2, unconfirmed: 1 });
});

test('where the child confirms no end, it is asked, and one that does not answer gets no more sessions', async () => {
  const warnings: string[] = [];
  const { close: __, ...withoutClose } = programProtocol;
  const options = { ...quick, maxSessions: 8, protocol: withoutClose };
  const echoes = pool('blocks', options, { warn: (message) => warnings.push(message) });
  const session = await echoes.register();
  block(session);
  await session.unregister();
  const next = await echoes.register();
  expect(await next.request({ type: 'query' })).toMatchObject({ session: next.id });
  expect(echoes.stats()).toMatchObject({ children: 2, unconfirmed: 0 });
  expect(warnings).toEqual([
    expect.stringMatching(
      /^pool "echoes": a child gets no more sessions, .*: session s1 has ended, and it sent nothing at all for 200 ms; the oldest message that it has not answered is \{type: "block"\}/,
    ),
  ]);
});

test('without a probe, a child that sends anything lives, and one that sends nothing is replaced', async () => {
  const warnings: string[] = [];
  // It has the time to echo.
  const without = { closeTimeout: 300, probeTimeout: 1_000, maxSessions: 8, protocol: withoutProbe };
  const never = pool('never-confirms', without, { warn: (message) => warnings.push(message) });
  const [a, b] = [await never.register(), await never.register()];
  const { pids } = never.stats();
  // It echoes this after the end has begun.
  const ending = failure(a.unregister(), 'REQUEST_TIMEOUT');
  await b.request({ type: 'query' });
  await ending;
  expect(never.stats()).toMatchObject({ quarantined: 1, pids });
  await failure(b.unregister(), 'REQUEST_TIMEOUT');
  await until('it is replaced', () => !never.stats().pids.includes(pids[0] ?? 0));
  await never.register();
  expect(never.stats()).toMatchObject({ children: 2 });
  expect(warnings).toEqual([
    expect.stringMatching(
      /^pool "echoes": a child was killed, and is replaced: it did not confirm the end of session s2 .*: define `probe` in the protocol/,
    ),
  ]);
});

test('without a probe, the other sessions of a silent child are left to it, and what would prove it is said', async () => {
  const warnings: string[] = [];
  const without = { ...quick, maxSessions: 8, protocol: withoutProbe };
  const never = pool('never-confirms', without, { warn: (message) => warnings.push(message) });
  const [a, b] = [await never.register(), await never.register()];
  await failure(a.unregister(), 'REQUEST_TIMEOUT');
  const c = await never.register();
  expect(warnings).toEqual([
    expect.stringMatching(
      /^pool "echoes": a child gets no more sessions, .*: it did not confirm the end of session s1 within 60 ms, and sent nothing at all for 200 ms more; .*define `probe` in the protocol/,
    ),
  ]);
  const late = await failure(b.event(undefined, { timeout: 20 }), 'REQUEST_TIMEOUT');
  expect(late.evidence.silence).toMatch(
    /^the child gets no more sessions: it did not .*define `probe` in the protocol/,
  );
  expect(never.stats()).toMatchObject({ children: 2, running: 2 });
  for (const each of [b, c]) expect(await each.request({ type: 'query' })).toMatchObject({ session: each.id });
});

test('unconfirmed sessions of one owner are ended together', async () => {
  const served = await serve({ echoes: program('never-confirms', { maxSessions: 16, closeTimeout: 400 }) });
  const client = await served.connect();
  for (let n = 0; n < 8; n++) await client.register('echoes', { under: ['a.test.ts', '1'] });
  const started = performance.now();
  expect(await client.release(['a.test.ts', '1'])).toBe(8);
  expect(performance.now() - started).toBeLessThan(1_600);
  expect(served.pool().stats()).toMatchObject({ unconfirmed: 8 });
});

test('a worker gets the name of the session that keeps the child silent', async () => {
  const served = await serve({ echoes: program('blocks', { ...quick, closeTimeout: 5_000 }) });
  const [one, two] = [await served.connect(), await served.connect()];
  block(await one.register('echoes', { holder: { test: 'loops', file: 'a.test.ts' } }));
  const innocent = await two.register('echoes');
  const requested = await failure(innocent.request({ type: 'query' }, { timeout: 50 }), 'REQUEST_TIMEOUT');
  const awaited = await failure(innocent.event(undefined, { timeout: 50 }), 'REQUEST_TIMEOUT');
  for (const { message } of [requested, awaited]) {
    expect(message).toMatch(
      /the child sends nothing at all; .*\{type: "block".*\(session s1 of "loops" \(a\.test\.ts\)\)/,
    );
  }
  expect(requested.stack).toContain('silent-child.test.ts');
});

describe('`maxQuarantined`', () => {
  test('above what a child can hold is refused: such a child would never be replaced', () => {
    const make = (): unknown => createPool({ ...program('echo'), maxSessions: 2, maxQuarantined: 3, name: 'echoes' });
    expect(make).toThrow(
      'Cannot make pool "echoes": found `maxQuarantined` 3; allowed: up to 2, which is how many sessions a child can hold at once',
    );
  });
});
