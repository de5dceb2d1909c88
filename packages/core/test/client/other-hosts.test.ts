// Sessions that a worker has on hosts of other machines: who waits for what and how long, and what becomes of it.
import { expect, test } from 'vitest';
import { Cancellation, type CancelSignal } from '../../src/base/cancellation.ts';
import { CarpoolError } from '../../src/base/errors.ts';
import type { ErrorCode } from '../../src/base/error-kinds.ts';
import { OtherHosts, type OtherClient } from '../../src/client/other-hosts.ts';
import type { ClientOptions, InternalRegisterOptions } from '../../src/client/types.ts';
import type { UserSession } from '../../src/session/session.ts';
import type { OwnerPath } from '../../src/wire/owner-path.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';
import { turn } from '../support/placing.ts';

type Opened = UserSession & { readonly name: string };

/** A call, which the test answers. */
class Asked {
  readonly options: InternalRegisterOptions;
  readonly #answer = Promise.withResolvers<Opened>();
  unregistered = 0;

  constructor(options: InternalRegisterOptions) {
    this.options = options;
    options.signal?.addEventListener('abort', () => this.#answer.reject(options.signal?.reason as Error));
  }

  get answer(): Promise<Opened> {
    return this.#answer.promise;
  }

  get isCancelled(): boolean {
    return this.options.signal?.aborted === true;
  }

  gives(name: string, unregister: () => Promise<void> = async () => {}): void {
    const session = {
      name,
      unregister: async () => {
        this.unregistered++;
        await unregister();
      },
    };
    this.#answer.resolve(session as unknown as Opened);
  }

  fails(code: ErrorCode, message = `Cannot do it: ${code}`, context: Readonly<Record<string, unknown>> = {}): void {
    this.#answer.reject(new CarpoolError(code, message, { context }));
  }
}

class FakeClient implements OtherClient {
  over = false;
  isIdle = false;
  readonly asked: Asked[] = [];
  readonly told: string[] = [];
  /** What the end of an owner fails with. */
  brings: CarpoolError | undefined;
  readonly #closed = Promise.withResolvers<CarpoolError | undefined>();

  get closed(): Promise<CarpoolError | undefined> {
    return this.#closed.promise;
  }

  register(_: string, options: InternalRegisterOptions): Promise<never> {
    const asked = new Asked(options);
    this.asked.push(asked);
    return asked.answer as Promise<never>;
  }

  async release(owner: OwnerPath): Promise<number> {
    this.told.push(`release ${owner.join('/')}`);
    if (this.brings !== undefined) throw this.brings;
    return 1;
  }

  end(owner: OwnerPath): Promise<void> | undefined {
    this.told.push(`end ${owner.join('/')}`);
    return this.brings && Promise.reject(this.brings);
  }

  reports(): boolean {
    return false;
  }

  close(reason?: CarpoolError): void {
    this.over = true;
    this.#closed.resolve(reason);
  }
}

class World {
  readonly clock: FakeClock = new FakeClock();
  readonly warnings: string[] = [];
  /** Connections that were asked for. */
  readonly dialled: (ClientOptions & PromiseWithResolvers<FakeClient>)[] = [];
  /** Calls to the host of the run. */
  readonly again: Asked[] = [];
  readonly others: OtherHosts<FakeClient>;

  constructor() {
    this.others = new OtherHosts({
      runner: 'a test',
      clock: this.clock,
      warn: (message) => this.warnings.push(message),
      connect: async (options) => {
        const dialled = { ...options, ...Promise.withResolvers<FakeClient>() };
        this.dialled.push(dialled);
        return await dialled.promise;
      },
    });
  }

  /** A registration that the host of the run has sent to another one. */
  register(options: InternalRegisterOptions = {}, host = 'b', address = `address of ${host}`): Promise<Opened> {
    const to = { host, name: `ci-${host}`, address };
    const again = (more: InternalRegisterOptions): Promise<Opened> => {
      const asked = new Asked(more);
      this.again.push(asked);
      return asked.answer;
    };
    const call = { options, since: this.clock.now(), to };
    return this.others.register('db', call, again as never) as Promise<Opened>;
  }

  /** The last connection is there. */
  async connected(): Promise<FakeClient> {
    const client = new FakeClient();
    this.dialled.at(-1)!.resolve(client);
    await turn();
    return client;
  }

  async pass(milliseconds: number): Promise<void> {
    this.clock.pass(milliseconds);
    await turn();
  }
}

const unreachable = new CarpoolError('HUB_UNREACHABLE', 'Cannot reach the host at b: no answer');

test('a test that is in a hurry gives no host up: the connection has its full time, and each waits in its own', async () => {
  const world = new World();
  const hasty = failure(world.register({ timeLeft: () => 50 }), 'REQUEST_TIMEOUT');
  const ofCall = failure(world.register({ timeout: 200 }), 'REQUEST_TIMEOUT');
  const patient = world.register();
  await turn();
  expect(world.dialled.map(({ timeout, address }) => [timeout, address])).toEqual([[3_000, 'address of b']]);
  await world.pass(50);
  expect((await hasty).message).toMatch(
    /^On ci-b: Cannot register a session of "db": there is no connection to the host so far\. The call has waited for 50 ms, the rest of the time of this test or hook\. /,
  );
  await world.pass(150);
  expect((await ofCall).message).toMatch(/ waited for 200 ms, `timeout` of the call\. .* raise `timeout`$/);
  // Neither has told the host of the run that the other one has failed.
  expect(world.again).toEqual([]);
  const client = await world.connected();
  expect(client.asked).toHaveLength(1);
  client.asked[0]!.gives('one of b');
  expect((await patient).name).toBe('one of b');
});

test('one that is cancelled while others connect leaves at once', async () => {
  const world = new World();
  const [cancelled, over] = [new Cancellation(), new Error('its test has ended')];
  const leaving = world.register({ signal: cancelled });
  const joined = new Cancellation();
  const alsoLeaving = world.register({ signal: joined });
  await turn();
  joined.abort(() => over);
  await expect(alsoLeaving).rejects.toBe(over);
  cancelled.abort(() => over);
  await expect(leaving).rejects.toBe(over);
  const client = await world.connected();
  expect([client.asked, world.again]).toEqual([[], []]);
});

test('a host that cannot be reached is told to that of the run, with the time that has passed; the next is tried anew', async () => {
  const world = new World();
  const sent = world.register({ timeout: 5_000, tried: [{ host: 'a', name: 'ci-a' }] });
  await world.pass(3_000);
  world.dialled[0]!.reject(unreachable);
  await turn();
  const [again] = world.again;
  expect(again!.options).toMatchObject({
    timeout: 5_000,
    spent: 3_000,
    tried: [
      { host: 'a' },
      { host: 'b', failure: { code: 'HUB_UNREACHABLE', message: 'Cannot reach the host at b: no answer' } },
    ],
  });
  again!.gives('here');
  expect((await sent).name).toBe('here');
  void world.register();
  await turn();
  expect(world.dialled).toHaveLength(2);
});

test('a host to which a call was sent again is told of once, with what came of it last', async () => {
  const world = new World();
  const before = { code: 'HUB_LOST', message: 'it has gone' } as const;
  const tried = ['b', 'c'].map((host) => ({ host, name: `ci-${host}`, failure: before }));
  const sent = world.register({ tried });
  const client = await world.connected();
  const told = (): unknown =>
    world.again
      .at(-1)
      ?.options.tried?.map(({ host, failure: failed }) => `${host} ${failed?.code ?? 'has it waiting'}`);
  await world.pass(1_000);
  expect(told()).toEqual(['c HUB_LOST', 'b has it waiting']);
  world.again[0]!.fails('POOL_FULL');
  client.asked[0]!.fails('POOL_CLOSED');
  await turn();
  expect(told()).toEqual(['c HUB_LOST', 'b POOL_CLOSED']);
  world.again[1]!.gives('here');
  await sent;
});

test('what fails there for the test itself says where; what the host of the run fails with is as it is', async () => {
  const world = new World();
  const [first, second] = [world.register(), world.register({ wait: false })];
  const failures = [failure(first, 'SESSION_FAILED'), failure(second, 'POOL_FULL')];
  await turn();
  const client = await world.connected();
  client.asked[0]!.fails('SESSION_FAILED', 'Cannot open it: no such user');
  client.asked[1]!.fails('POOL_FULL');
  await turn();
  world.again[0]!.fails('POOL_FULL', 'Cannot register a session: all 4 slots are busy');
  const [there, here] = await Promise.all(failures);
  expect(there!.message).toBe('On ci-b: Cannot open it: no such user');
  expect(there!.context).toMatchObject({ host: 'ci-b' });
  expect(here!.message).toBe('Cannot register a session: all 4 slots are busy');
});

test('what waits there in vain says that the host of the run was full, too', async () => {
  const world = new World();
  const waiting = failure(world.register(), 'POOL_QUEUE_TIMEOUT');
  await turn();
  const client = await world.connected();
  client.asked[0]!.fails('POOL_QUEUE_TIMEOUT', 'Cannot register a session: all 4 slots were busy. Raise `timeout`');
  expect((await waiting).message).toBe(
    'On ci-b: Cannot register a session: all 4 slots were busy. Raise `timeout`. The host of the run had no free slot either: offer the pool on more hosts (`carpool serve --listen`)',
  );
});

test('a test whose time ends while the host is silent has not found the host lost; the end of the connection has', async () => {
  const world = new World();
  const [first, second] = [failure(world.register(), 'HUB_LOST'), world.register()];
  const client = await world.connected();
  client.asked[0]!.fails('HUB_LOST', 'no answer for 0.1 s', { hostSilence: 100 });
  expect((await first).message).toBe('On ci-b: no answer for 0.1 s');
  expect(world.again).toEqual([]);
  client.close();
  client.asked[1]!.fails('HUB_LOST', 'no answer for 12 s', { hostSilence: 12_000 });
  await turn();
  const failed = { code: 'HUB_LOST', message: 'no answer for 12 s' };
  expect(world.again.map(({ options }) => options.tried)).toEqual([[{ host: 'b', name: 'ci-b', failure: failed }]]);
  world.again[0]!.gives('here');
  await second;
});

test('a start that fails there, in whatever way, goes on to another host; a child that a session has ended does not', async () => {
  const world = new World();
  const codes = ['CHILD_EXITED', 'FRAME_MALFORMED', 'CHILD_NO_HELLO'] as const;
  const sent = codes.map(() => world.register());
  const ended = failure(world.register({ params: { n: 1 } }), 'CHILD_EXITED');
  const client = await world.connected();
  for (const [n, code] of codes.entries()) client.asked[n]!.fails(code, 'It did not start', { started: false });
  client.asked[3]!.fails('CHILD_EXITED', 'The child of pool "db" exited with code 3');
  await turn();
  expect((await ended).message).toBe('On ci-b: The child of pool "db" exited with code 3');
  expect(world.again.map(({ options }) => options.tried?.at(-1)?.failure)).toEqual(
    codes.map((code) => ({ code, message: 'It did not start' })),
  );
  for (const asked of world.again) asked.gives('here');
  expect((await Promise.all(sent)).map(({ name }) => name)).toEqual(codes.map(() => 'here'));
});

test('what the end of a test brings from another host says from where', async () => {
  const world = new World();
  const sent = world.register({ under: ['a.test', 't1'] });
  const client = await world.connected();
  client.asked[0]!.gives('one of b');
  await sent;
  client.brings = new CarpoolError('SESSION_DIAGNOSTICS', 'The child found fault with what session s1 sent');
  const message = 'On ci-b: The child found fault with what session s1 sent';
  expect((await failure(world.others.end(['a.test', 't1'], false)!, 'SESSION_DIAGNOSTICS')).message).toBe(message);
  expect((await failure(world.others.release(['a.test'], false), 'SESSION_DIAGNOSTICS')).message).toBe(message);
});

test('while it waits there it looks each second, one look at a time; the first that has a session is it', async () => {
  const world = new World();
  const sent = world.register({ timeout: 9_000 });
  const client = await world.connected();
  expect(client.asked[0]!.options).toMatchObject({ stays: true, spent: 0, timeout: 9_000 });
  await world.pass(999);
  expect(world.again).toEqual([]);
  await world.pass(1);
  expect(world.again.map(({ options }) => options)).toMatchObject([
    { wait: false, spent: 1_000, tried: [{ host: 'b' }] },
  ]);
  await world.pass(3_000);
  expect(world.again).toHaveLength(1);
  world.again[0]!.fails('POOL_FULL');
  await turn();
  await world.pass(1_000);
  expect(world.again).toHaveLength(2);
  world.again[1]!.gives('here');
  expect((await sent).name).toBe('here');
  expect(client.asked[0]!.isCancelled).toBe(true);
  expect(world.clock.pending).toBe(0);
});

test('a session that comes there is given at once, also while a look hangs, which is cancelled', async () => {
  const world = new World();
  const sent = world.register();
  const client = await world.connected();
  await world.pass(1_000);
  client.asked[0]!.gives('one of b');
  await turn();
  await expect(Promise.race([sent, Promise.resolve('it waits')])).resolves.toMatchObject({ name: 'one of b' });
  expect(world.again[0]!.isCancelled).toBe(true);
  expect(world.clock.pending).toBe(0);
});

test('what comes there is a failure, and a look has a session in the same turn: that is no reason to give it back', async () => {
  const world = new World();
  const sent = world.register();
  const client = await world.connected();
  await world.pass(1_000);
  world.again[0]!.gives('here');
  client.asked[0]!.fails('HUB_LOST');
  expect((await sent).name).toBe('here');
  await turn();
  expect([world.again[0]!.unregistered, world.again.length]).toEqual([0, 1]);
});

test('it fails there during a look that finds no slot: the host of the run is asked again, with that', async () => {
  const world = new World();
  const sent = world.register();
  const client = await world.connected();
  await world.pass(1_000);
  client.asked[0]!.fails('HUB_LOST', 'it has gone');
  await turn();
  expect(world.again).toHaveLength(1);
  world.again[0]!.fails('POOL_FULL');
  await turn();
  const failure = { code: 'HUB_LOST', message: 'it has gone' };
  expect(world.again[1]!.options).toMatchObject({ tried: [{ host: 'b', failure }] });
  expect(world.again[1]!.options.wait).toBeUndefined();
  world.again[1]!.gives('here');
  expect((await sent).name).toBe('here');
  expect(world.clock.pending).toBe(0);
});

test('two sessions in one turn: one is given back, and where that fails it is told', async () => {
  const world = new World();
  const sent = world.register();
  const client = await world.connected();
  await world.pass(1_000);
  client.asked[0]!.gives('one of b');
  world.again[0]!.gives('here', () => Promise.reject(new Error('the child did not confirm')));
  expect((await sent).name).toBe('one of b');
  await turn();
  expect(world.again[0]!.unregistered).toBe(1);
  expect(world.warnings).toEqual([
    'Cannot give back a session of "db", of two that came for one call: the child did not confirm',
  ]);
});

test('a look that finds a slot, and cannot open the session, is the failure of the call; one that finds none is not', async () => {
  const world = new World();
  const sent = failure(world.register(), 'SESSION_FAILED');
  const client = await world.connected();
  await world.pass(1_000);
  world.again[0]!.fails('CHILD_NOT_STARTED', 'Cannot start the child', { started: false });
  await turn();
  await world.pass(1_000);
  world.again[1]!.fails('SESSION_FAILED', 'Cannot open it: no such user');
  expect((await sent).message).toBe('Cannot open it: no such user');
  expect(client.asked[0]!.isCancelled).toBe(true);
});

test('the end of a test goes to the hosts that it was on, and that of its file waits for it there', async () => {
  const world = new World();
  const sessions = [['a.test', 't1'], ['a.test', 't2'], []].map((under) => world.register({ under }));
  const client = await world.connected();
  for (const asked of client.asked) asked.gives('one of b');
  await Promise.all(sessions);
  void world.others.end(['other.test', 't1'], false);
  void world.others.end(['a.test', 't1'], false);
  expect(client.told).toEqual(['end a.test/t1']);
  expect(await world.others.release(['a.test'], false)).toBe(1);
  expect(await world.others.release(['a.test'], false)).toBe(0);
  expect(await world.others.release([], false)).toBe(1);
  expect(client.told).toEqual(['end a.test/t1', 'release a.test', 'release ']);
});

test('an owner that ends while the connection is made gets no session', async () => {
  const world = new World();
  const under = ['a.test', 't1'];
  const refused = failure(world.register({ under }), 'SESSION_CLOSED');
  const other = world.register({ under: ['a.test', 't2'] });
  await turn();
  void world.others.end(under, false);
  const client = await world.connected();
  expect((await refused).message).toContain('Cannot register a session: the test has ended');
  expect(client.asked).toHaveLength(1);
  client.asked[0]!.gives('one of b');
  await other;
});

test('after an edit there a host has another address: that is connected, and the former one left when nothing is there', async () => {
  const world = new World();
  const before = world.register({ under: ['a.test'] });
  const former = await world.connected();
  former.asked[0]!.gives('of before');
  await before;
  const today = (): Promise<Opened> => world.register({ under: [] }, 'b', 'address of today');
  const first = today();
  const client = await world.connected();
  expect(world.dialled.map(({ address }) => address)).toEqual(['address of b', 'address of today']);
  client.asked[0]!.gives('of today');
  expect((await first).name).toBe('of today');
  // Its session has ended, and its file, which may hear what the child found wrong, has not.
  former.isIdle = true;
  const second = today();
  await turn();
  client.asked[1]!.gives('of today');
  await second;
  expect(former.over).toBe(false);
  await world.others.release(['a.test'], false);
  const third = today();
  await turn();
  client.asked[2]!.gives('of today');
  await third;
  expect([former.over, client.over]).toEqual([true, false]);
});

test('the end of the connection to the host of the run ends all: what waits, what connects, and what comes', async () => {
  const world = new World();
  const there = failure(world.register(), 'HUB_LOST');
  const client = await world.connected();
  const connecting = failure(world.register({}, 'c'), 'HUB_LOST');
  await turn();
  const lost = new CarpoolError('HUB_LOST', 'The connection to the host has ended');
  world.others.close(lost);
  expect((await connecting).message).toBe('The connection to the host has ended');
  await turn();
  expect(client.over).toBe(true);
  client.asked[0]!.fails('HUB_LOST');
  expect((await there).message).toBe('The connection to the host has ended');
  const late = await world.connected();
  expect(late.over).toBe(true);
  await failure(world.register(), 'HUB_LOST');
  expect([world.again, world.dialled.length]).toEqual([[], 2]);
});

test('an aborted signal wins over whatever fails then', async () => {
  const world = new World();
  const signal = new Cancellation();
  const asCancel: CancelSignal = signal;
  const sent = world.register({ signal: asCancel });
  const client = await world.connected();
  const over = new Error('its test has ended');
  client.asked[0]!.fails('HUB_LOST');
  signal.abort(() => over);
  await expect(sent).rejects.toBe(over);
});
