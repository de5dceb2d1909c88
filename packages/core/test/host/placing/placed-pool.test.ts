// What a pool does with registrations that may go to other hosts: the numbers of its errors, what it counts, what moves on.
import { expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/base/error-kinds.ts';
import { PlacedPool, type Places } from '../../../src/host/placing/placed-pool.ts';
import type { TriedHost } from '../../../src/wire/elsewhere.ts';
import { FakeClock } from '../../support/clock.ts';
import { failure } from '../../support/failure.ts';
import { FakePool, Registering, turn } from '../../support/placing.ts';
import { killChild, openingInVain, opensOne } from '../../support/opens-one.ts';
import { pool as childPool } from '../../support/pools.ts';

const site = { stack: '' };
const listener = { event: () => {}, ask: () => {}, closed: () => {} };

/** Other hosts, of which the test says what they have. */
class FakePlaces implements Places {
  /** Of those with a free slot, the next one. */
  free: string[] = [];
  fullHosts: number | undefined;
  readonly returns: TriedHost[] = [];
  readonly opens: string[] = [];
  /** How often it was asked, and where a session may not go, at last. */
  asked = 0;
  excluded: readonly string[] = [];
  /** Ends the look. */
  connect: () => Promise<void> = async () => {};

  begin(): void {}

  connected(): Promise<void> {
    return this.connect();
  }

  choose(_: string, __: unknown, { tried }: { readonly tried: readonly string[] }) {
    this.asked++;
    this.excluded = tried;
    const host = this.free.find((one) => !tried.includes(one));
    this.free = this.free.filter((one) => one !== host);
    return host === undefined ? undefined : { host, name: host, address: host };
  }

  returned(_: string, from: TriedHost): void {
    this.returns.push(from);
  }

  opened(pool: string, host: string): void {
    this.opens.push(`${pool} on ${host}`);
  }

  full(): number | undefined {
    return this.fullHosts;
  }

  offered(): { readonly same: number; readonly of: number } {
    return { same: 0, of: 2 };
  }

  renew(): void {}

  async edited(): Promise<void> {}
}

function placed(slots = 1) {
  const pool = new FakePool('db', slots);
  const places = new FakePlaces();
  const placing = new PlacedPool(pool.hub, places, new FakeClock());
  const register = (tried: readonly TriedHost[] = [], wait = true): Registering =>
    new Registering(placing, { tried, wait });
  return { pool, places, placing, register, elsewhere: () => placing.statsOfRun().elsewhere };
}

const back = (host: string, code: ErrorCode): TriedHost => ({
  host,
  name: host,
  failure: { code, message: 'it is so' },
});
const failed = (host: string): TriedHost => back(host, 'HUB_LOST');
const full = (host: string): TriedHost => back(host, 'POOL_FULL');

test('one that has found a host full does not keep the others of the queue from going there', async () => {
  const { places, placing, register } = placed();
  await register().outcome();
  const [first, second, third] = [register([full('b')]), register(), register()];
  await turn();
  places.free = ['b'];
  placing.moveOn();
  await turn();
  expect([first.now, second.now, third.now]).toEqual([undefined, 'sent to b', undefined]);
});

test('a call goes again to a host that has failed, and to none where it waits, or that was full, or has no such pool', async () => {
  const { places, placing, register } = placed();
  await register().outcome();
  const tried = [
    { host: 'a', name: 'a' },
    back('b', 'POOL_FULL'),
    back('c', 'CONFIG_INVALID'),
    back('d', 'HUB_UNREACHABLE'),
    back('e', 'POOL_GAVE_UP'),
    back('f', 'CHILD_EXITED'),
    failed('g'),
  ];
  const waiting = register(tried);
  await turn();
  expect(places.excluded).toEqual(['a', 'b', 'c']);
  places.free = ['b', 'g'];
  placing.moveOn();
  await turn();
  expect(waiting.now).toBe('sent to g');
});

test('for those of the queue that may go to the same hosts it is looked once', async () => {
  const { places, placing, register } = placed();
  await register().outcome();
  const queue = [[full('b')], [full('b')], [], [], [full('c')]].map((tried) => register(tried));
  await turn();
  places.asked = 0;
  placing.moveOn();
  await turn();
  // Who may go anywhere finds nothing: no other does.
  expect(places.asked).toBe(2);
  expect(queue.every(({ now }) => now === undefined)).toBe(true);
});

test('one that is moved on has its place in the queue no more; one that was served is not moved', async () => {
  const { pool, places, placing, register } = placed();
  const first = register();
  await first.outcome();
  const [second, third] = [register(), register()];
  await turn();
  places.free = ['b'];
  placing.moveOn();
  await turn();
  await first.end();
  expect([second.now, third.now, pool.queued]).toEqual(['sent to b', 'here', 0]);
  places.free = ['c'];
  placing.moveOn();
  await turn();
  expect(places.free).toEqual(['c']);
});

async function comesBack() {
  const pool = opensOne();
  const places = new FakePlaces();
  const placing = new PlacedPool(pool, places, new FakeClock());
  const register = (): Registering => new Registering(placing, { tried: [] });
  return { pool, places, placing, ...(await openingInVain(pool, register, register)) };
}

test('one that comes back to the queue, because its child has died, is moved on', async () => {
  const { pool, places, placing, first, second } = await comesBack();
  killChild(pool);
  expect(await second.outcome()).toBe('here');
  expect([first.now, pool.stats().queued]).toEqual([undefined, 1]);
  places.free = ['b'];
  placing.moveOn();
  expect(await first.outcome()).toBe('sent to b');
  expect(pool.stats().queued).toBe(0);
});

test('one that comes back to the queue goes at once to a host that has a slot, as does what waits before it', async () => {
  const { pool, places, first } = await comesBack();
  places.free = ['b', 'c'];
  killChild(pool);
  expect(await first.outcome()).toMatch(/^sent to [bc]$/);
});

test('sessions that were opened on other hosts are counted, and not what was sent there', async () => {
  const { places, placing, register, elsewhere } = placed();
  await register().outcome();
  places.free = ['b', 'c'];
  expect(await register().outcome()).toBe('sent to b');
  expect(await register([failed('b')]).outcome()).toBe('sent to c');
  expect(elsewhere()).toBe(0);
  placing.openedElsewhere('c');
  expect([elsewhere(), places.opens]).toEqual([1, ['db on c']]);
  placing.countAnew();
  expect(elsewhere()).toBe(0);
});

test('hosts that offered it are told of where a session was wanted there, in this run', async () => {
  const { placing, register } = placed();
  const others = (): unknown => placing.statsOfRun().others;
  const first = register();
  await first.outcome();
  expect(others()).toBeUndefined();
  register();
  await turn();
  expect(others()).toEqual({ same: 0, of: 2 });
  placing.countAnew();
  expect(others()).toBeUndefined();
});

test('a failure is told once, also where the registration goes on to others', async () => {
  const { places, register } = placed();
  await register().outcome();
  places.free = ['b', 'c'];
  await register().outcome();
  await register([failed('b')]).outcome();
  register([failed('b'), failed('c')]);
  await turn();
  expect(places.returns).toEqual([failed('b'), failed('c')]);
});

test('the time of a call goes on while other hosts are looked for, and its error has all of it', async () => {
  const clock = new FakeClock();
  const pool = childPool('echo', { maxSessions: 1 }, { clock });
  await pool.register();
  const places = new FakePlaces();
  const placing = new PlacedPool(pool, places, clock);
  const looked =
    (milliseconds: number): (() => Promise<void>) =>
    async () => {
      clock.pass(milliseconds);
    };
  const ends = async (options: { timeout?: number; timeLeft?: number; spent?: number }, after: number) => {
    const began = clock.now();
    const waiting = failure(placing.open({ tried: [], ...options } as never, listener, site), 'POOL_QUEUE_TIMEOUT');
    await turn();
    clock.pass(after - (clock.now() - began) - 1);
    await turn();
    expect(pool.stats().queued).toBe(1);
    clock.pass(1);
    return await waiting;
  };
  places.connect = looked(400);
  const ofCall = await ends({ timeout: 1_000 }, 1_000);
  expect(ofCall.message).toMatch(/ for 1000 ms, `timeout` of the call; /);
  expect(ofCall.context).toMatchObject({ timeout: 1_000, limit: 'call' });
  const ofTest = await ends({ timeLeft: 900 }, 900);
  expect(ofTest.message).toMatch(/ for 900 ms, the rest of the time of this test or hook \(instead of 60000 ms\); /);
  // It was on other hosts for a while.
  const again = await ends({ timeout: 1_000, spent: 500 }, 500);
  expect(again.message).toMatch(/ for 1000 ms, `timeout` of the call; /);
  const both = await ends({ timeout: 1_000, timeLeft: 1_100, spent: 300 }, 700);
  expect(both.context).toMatchObject({ timeout: 1_000, limit: 'call' });
});

test('where there may be other hosts, the error of a full pool says whose slots are meant, and how many others are full', async () => {
  const clock = new FakeClock();
  const pool = childPool('echo', { maxSessions: 2 }, { clock });
  await pool.register();
  await pool.register();
  const places = new FakePlaces();
  const placing = new PlacedPool(pool, places, clock);
  const inVain = async (options: { timeout?: number; wait?: boolean }): Promise<string> => {
    const code = options.wait === false ? 'POOL_FULL' : 'POOL_QUEUE_TIMEOUT';
    const waiting = failure(placing.open({ tried: [], ...options } as never, listener, site), code);
    await turn();
    clock.pass(options.timeout ?? 0);
    return (await waiting).message;
  };
  const advice =
    'Unregister sessions (`await using`), or raise `maxSessions`, or `timeout`, or offer the pool on more hosts (`carpool serve --listen`)';
  places.fullHosts = 0;
  const alone = await inVain({ timeout: 499.885 });
  expect(alone).toMatch(/^Cannot register a session: all 2 slots of this machine were busy in "echoes" for 500 ms, /);
  expect(alone.split('. ').at(-1)).toBe(advice);
  places.fullHosts = 1;
  expect(await inVain({ wait: false })).toMatch(
    /: all 2 slots of this machine are busy in "echoes"; .*; 1 other host that offers it is full, too$/,
  );
  places.fullHosts = 2;
  const others = await inVain({ timeout: 100 });
  expect(others).toMatch(/: all 2 slots of this machine were busy .*; 2 other hosts that offer it were full, too\. /);
  expect(others.split('. ').at(-1)).toBe(advice);
  places.fullHosts = undefined;
  const unknown = await inVain({ timeout: 100 });
  expect(unknown).toMatch(/: all 2 slots were busy in "echoes" for 100 ms, /);
  expect(unknown).toMatch(/, or raise `maxSessions`, or `timeout`$/);
});
