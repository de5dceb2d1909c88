// Sessions that are kept open ahead: what a call gets of them, and that they cost no call anything.
import { expect, test } from 'vitest';
import type { ChildPool } from '../../src/pool/pool.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import type { Protocol, SessionPort } from '../../src/protocol/protocol.ts';
import { sessionField } from '../../src/protocol/session-field.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program, programProtocol, until } from '../support/pools.ts';

const base = sessionField(programProtocol) as Protocol;

/** Its `open` waits at a gate that the test closes and opens. */
class Gate {
  readonly opened: { readonly id: string; readonly params: unknown }[] = [];
  #shut: PromiseWithResolvers<void> | undefined;

  shut(): void {
    this.#shut ??= Promise.withResolvers();
  }

  unlock(): void {
    this.#shut?.resolve();
    this.#shut = undefined;
  }

  readonly protocol: Protocol = {
    ...base,
    open: async (port: SessionPort) => {
      this.opened.push({ id: port.freshId, params: port.params });
      await this.#shut?.promise;
      return await base.open!(port);
    },
  };
}

const isWarm = (made: ChildPool, count: number): Promise<void> =>
  until(`${count} sessions are warm`, () => made.stats().warm === count);
/** All that are warm are open: nothing is on its way. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** So that whatever is tried again after a while is, while the next call is likely and after that. */
async function passTenSeconds(clock: FakeClock): Promise<void> {
  for (let step = 0; step < 10; step++) {
    clock.pass(1_000);
    await settled();
  }
}

test('the first call opens its own session; the next ones have theirs without waiting for `open`', async () => {
  const gate = new Gate();
  const echoes = pool('echo', { protocol: gate.protocol, warm: 2 });
  await echoes.start();
  expect(echoes.stats()).toMatchObject({ warm: 0, running: 1 });
  const first = await echoes.register();
  await isWarm(echoes, 2);
  await until('they are open', () => gate.opened.length === 3);
  await settled();
  gate.shut();
  const [second, third] = [await echoes.register(), await echoes.register()];
  expect([first, second, third].map(({ id }) => id)).toEqual(['s1', 's2', 's3']);
  expect(await second.request({ type: 'query' })).toMatchObject({ session: 's2' });
  expect(echoes.stats()).toMatchObject({ open: 3, sessions: 3, children: 1 });
  // Those that replace them wait at the gate; the next call takes one all the same, and is open when it is.
  const fourth = echoes.register();
  gate.unlock();
  expect((await fourth).id).toBe('s4');
});

test('a call with `params` opens a session of its own, and takes the slot of a warm one where no other is free', async () => {
  const gate = new Gate();
  const echoes = pool('echo', { protocol: gate.protocol, maxSessions: 3, warm: 2 });
  const first = await echoes.register();
  await isWarm(echoes, 2);
  const special = await echoes.register({ params: { theme: 'dark' } });
  expect(gate.opened.at(-1)).toEqual({ id: special.id, params: { theme: 'dark' } });
  const another = await echoes.register({ params: 1, wait: false });
  expect(echoes.stats()).toMatchObject({ open: 3, warm: 0, queued: 0, quarantined: 0, unconfirmed: 0 });
  await failure(echoes.register({ wait: false }), 'POOL_FULL');
  for (const session of [first, special, another]) await session.unregister();
  // Calls with `params` come: one slot stays free for the next of them.
  await echoes.register();
  await isWarm(echoes, 1);
});

test('none is opened while a call waits, and a slot that becomes free is the call’s', async () => {
  const echoes = pool('echo', { maxSessions: 2, warm: 2 });
  const [first, second] = [await echoes.register(), await echoes.register()];
  const third = echoes.register();
  await until('it waits', () => echoes.stats().queued === 1);
  expect(echoes.stats()).toMatchObject({ open: 2, warm: 0 });
  await first.unregister();
  expect((await third).id).not.toBe(first.id);
  await second.unregister();
  await isWarm(echoes, 1);
});

test('what the child says to a warm session reaches the test that gets it', async () => {
  const greeting: Protocol = {
    ...base,
    open: async (port) => {
      port.send({
        type: 'say',
        messages: [
          { session: port.freshId, type: 'welcome' },
          { session: port.freshId, type: 'ask', id: 'q1' },
        ],
      });
      return await base.open!(port);
    },
  };
  const options = { protocol: greeting, warm: 1 };
  const registers = [
    async () => {
      const echoes = pool('says-on-request', options);
      return { echoes, register: () => echoes.register() };
    },
    async () => {
      const served = await serve({ echoes: program('says-on-request', options) });
      const client = await served.connect();
      return { echoes: served.pool(), register: () => client.register('echoes') };
    },
  ];
  for (const make of registers) {
    const { echoes, register } = await make();
    await register();
    await isWarm(echoes, 1);
    await settled();
    const session = await register();
    session.answer(() => ({ type: 'answer', n: 7 }));
    expect(await session.event(({ type }) => type === 'welcome')).toMatchObject({ session: 's2' });
    expect(await session.event()).toMatchObject({ type: 'reply', echo: { type: 'answer', n: 7 } });
    expect(await session.request({ type: 'query' })).toMatchObject({ session: 's2' });
  }
});

test('one to which the child says more than is kept is given up', async () => {
  const echoes = pool('says-on-request', { warm: 1 });
  const first = await echoes.register();
  await isWarm(echoes, 1);
  await settled();
  const said = (count: number) => ({
    type: 'say',
    messages: Array.from({ length: count }, (_, n) => ({ session: 's2', type: 'said', n })),
  });
  first.send(said(1_001));
  await isWarm(echoes, 0);
  const second = await echoes.register();
  expect(second.id).toBe('s3');
  expect(echoes.stats()).toMatchObject({ open: 2, unconfirmed: 0, quarantined: 0 });
});

test('a warm session is its caller’s in every respect: owner, holder, end', async () => {
  const echoes = pool('echo', { maxSessions: 2, warm: 1 });
  await echoes.register({ holder: { test: 'the first' } });
  await isWarm(echoes, 1);
  const session = await echoes.register({ owner: 'me', holder: { test: 'the second' } });
  await failure(echoes.register({ owner: 'me' }), 'ALREADY_REGISTERED');
  const full = await failure(echoes.register({ wait: false }), 'POOL_FULL');
  expect(full.message).toContain('the second');
  await session.unregister();
  expect((await echoes.register({ owner: 'me' })).id).toBeDefined();
});

test('one whose child dies is dropped without a word, and made anew', async () => {
  const warned: string[] = [];
  const echoes = pool('exits-on-request', { maxSessions: 4, warm: 2 }, { warn: (message) => warned.push(message) });
  const first = await echoes.register();
  await isWarm(echoes, 2);
  const [pid] = echoes.stats().pids;
  first.send({ type: 'die' });
  await first.closed;
  await until('another child serves', () => echoes.stats().pids.some((other) => other !== pid));
  await isWarm(echoes, 2);
  const next = await echoes.register();
  expect(await next.request({ type: 'who' })).toMatchObject({ pid: echoes.stats().pids[0] });
  expect(warned).toEqual([]);
  expect(echoes.stats()).toMatchObject({ children: 2, failures: 1, unconfirmed: 0 });
});

test('the error of a child that dies counts those that were open ahead, and does not name them like sessions of tests', async () => {
  const echoes = pool('exits-on-request', { warm: 2 });
  const session = await echoes.register({ holder: { test: 'adds', file: 'a.test.ts' } });
  await isWarm(echoes, 2);
  session.send({ type: 'die' });
  const { error } = await session.closed;
  expect(error?.message).toMatch(
    /, with one session open: session s1 of "adds" \(a\.test\.ts\), beside 2 sessions opened ahead \(warm\)\n/,
  );
  // One that a test has got is its own like any other.
  const next = await echoes.register({ holder: { test: 'first', file: 'b.test.ts' } });
  await isWarm(echoes, 2);
  const given = await echoes.register({ holder: { test: 'second', file: 'b.test.ts' } });
  await next.unregister();
  given.send({ type: 'die' });
  expect((await given.closed).error?.message).toMatch(/open: session s\d+ of "second" \(b\.test\.ts\)/);
});

test('a start that fails is not tried again for the sake of a warm session', async () => {
  const clock = new FakeClock();
  const echoes = pool('dies-at-once', { warm: 2 }, { clock });
  await failure(echoes.register(), 'CHILD_EXITED');
  await passTenSeconds(clock);
  expect(echoes.stats()).toMatchObject({ children: 1, failures: 1, warm: 0 });
});

test('one that cannot be opened fails no call, and is not tried again before the next one', async () => {
  let opened = 0;
  const protocol: Protocol = {
    ...base,
    open: (port) => {
      if (++opened === 2) throw new Error('no');
      return base.open!(port);
    },
  };
  const clock = new FakeClock();
  const echoes = pool('echo', { protocol, warm: 1 }, { clock });
  await echoes.register();
  await until('it was tried', () => opened === 2);
  await passTenSeconds(clock);
  expect(echoes.stats()).toMatchObject({ open: 1, warm: 0, unconfirmed: 0 });
  expect(opened).toBe(2);
  await echoes.register();
  await isWarm(echoes, 1);
});

test('a caller that gives up while it waits for one that opens leaves it to the next', async () => {
  const gate = new Gate();
  const echoes = pool('echo', { protocol: gate.protocol, maxSessions: 3, warm: 1 });
  await echoes.register();
  await isWarm(echoes, 1);
  await settled();
  await echoes.register();
  gate.shut();
  await until('one opens', () => gate.opened.length === 3);
  const giving = new AbortController();
  const waiting = echoes.register({ signal: giving.signal, owner: 'me' });
  await settled();
  giving.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  gate.unlock();
  expect((await echoes.register({ owner: 'me' })).id).toBe('s3');
  expect(echoes.stats()).toMatchObject({ open: 3, warm: 0 });
});

test('when the next call is not likely any more none is opened; the child is stopped as an idle one', async () => {
  const clock = new FakeClock();
  const options: Partial<PoolOptions> = { maxSessions: 1, warm: 1, idleTimeout: 60_000 };
  const echoes = pool('echo', options, { clock });
  const session = await echoes.register();
  clock.pass(5_001);
  await session.unregister();
  await settled();
  expect(echoes.stats()).toMatchObject({ warm: 0, open: 0 });
  await (await echoes.register()).unregister();
  await isWarm(echoes, 1);
  clock.pass(60_000);
  await until('the child has ended', () => echoes.stats().running === 0);
  expect(echoes.stats()).toMatchObject({ warm: 0, unconfirmed: 0, failures: 0 });
});

test('with one session to a child, and a fresh child for each, the next child is started ahead', async () => {
  const echoes = pool('exits-on-request', { children: 3, sessionsPerChild: 1, recycleAfter: 1, warm: 1 });
  const pids = new Set<unknown>();
  for (let turn = 0; turn < 4; turn++) {
    const session = await echoes.register();
    const { pid } = await session.request({ type: 'who' });
    pids.add(pid);
    await isWarm(echoes, 1);
    await until('the next child runs', () => echoes.stats().pids.some((other) => other !== pid));
    await session.unregister();
  }
  expect(pids.size).toBe(4);
  expect(echoes.stats()).toMatchObject({ sessions: 4, failures: 0, unconfirmed: 0 });
});

test('a slot that its child gives back late is used for the next warm session', async () => {
  const echoes = pool('records-lives --linger=100', { children: 2, sessionsPerChild: 1, recycleAfter: 1, warm: 1 });
  const first = await echoes.register();
  await isWarm(echoes, 1);
  await until('the next child runs', () => echoes.stats().running === 2);
  await first.unregister();
  // The child of the first one has not ended yet, so that no slot is free.
  const second = await echoes.register();
  expect(second.id).toBe('s2');
  await isWarm(echoes, 1);
});

test('the end of the pool closes them, and their child confirms it', async () => {
  const gate = new Gate();
  const closed: string[] = [];
  const protocol: Protocol = {
    ...gate.protocol,
    open: async (port) => {
      const opened = await gate.protocol.open!(port);
      return {
        ...opened,
        close: async (ending) => {
          await opened.close(ending);
          closed.push(ending.freshId);
        },
      };
    },
  };
  const echoes = pool('echo', { protocol, warm: 2 });
  await echoes.register();
  await isWarm(echoes, 2);
  await until('they are open', () => gate.opened.length === 3);
  await settled();
  await echoes.close();
  expect(closed.toSorted()).toEqual(['s1', 's2', 's3']);
  expect(echoes.stats()).toMatchObject({ warm: 0, open: 0, unconfirmed: 0 });
});

test('the end of the pool does not wait for a child that starts for a warm session', async () => {
  const echoes = pool('records-lives', { children: 2, sessionsPerChild: 1, warm: 1, helloTimeout: 60_000 });
  const session = await echoes.register();
  expect(echoes.stats()).toMatchObject({ open: 1, warm: 1, running: 1 });
  await echoes.close();
  expect(session.closeReason).toBeDefined();
  expect(echoes.stats()).toMatchObject({ warm: 0, open: 0, running: 0 });
});

test('more than there are slots are refused', () => {
  expect(() => pool('echo', { maxSessions: 2, warm: 3 })).toThrow('found `warm` 3; allowed: up to 2');
});
