// What becomes of hosts that fail, and of the calls that have failed there.
import { expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/base/error-kinds.ts';
import { PlacingWorld, turn, type Registering } from '../../support/placing.ts';

/** A call that was sent to the host, and has failed there. */
function back(world: PlacingWorld, code: ErrorCode, { host = 'b', pool = 'db' } = {}): Registering {
  const failure = { code, message: 'the command\nexited \u001b[31mwith code 3' };
  return world.register({ pool, tried: [{ host, name: `ci-${host}`, failure }] });
}

/** Seconds in which the host says each second that it has slots, until the call goes there; `undefined`: it is not in 600. */
async function secondsUntilSent(world: PlacingWorld, call: Registering): Promise<number | undefined> {
  for (let seconds = 0; seconds <= 600; seconds++) {
    world.offers('b', 4);
    await turn();
    if (call.now === 'sent to b') return seconds;
    await world.pass(1_000);
  }
  return undefined;
}

const line = (seconds: number, code: ErrorCode, pool = 'db'): string =>
  `no session of "${pool}" goes to ci-b for ${seconds} s after a failure there: ${code}: the command\nexited  [31mwith code 3`;

test('a call that could not reach a host goes there again, after 2 s, and after twice as long each time, up to 30 s', async () => {
  const world = new PlacingWorld();
  await world.connected('b', 4);
  const seconds: (number | undefined)[] = [];
  for (let n = 0; n < 6; n++) seconds.push(await secondsUntilSent(world, back(world, 'HUB_UNREACHABLE')));
  expect(seconds).toEqual([2, 4, 8, 16, 30, 30]);
  expect(world.warnings).toEqual([line(2, 'HUB_UNREACHABLE'), line(30, 'HUB_UNREACHABLE')]);
});

test('a host whose child does not start is left alone for 30 s, also by the call that has found it out; one that was full is not', async () => {
  const world = new PlacingWorld();
  await world.connected('b', 4);
  back(world, 'POOL_FULL');
  await turn();
  expect(world.warnings).toEqual([]);
  expect(await world.register().outcome()).toBe('sent to b');
  const waiting = [back(world, 'CHILD_NOT_STARTED'), world.register()];
  await turn();
  expect(world.warnings).toEqual([line(30, 'CHILD_NOT_STARTED')]);
  expect(await secondsUntilSent(world, waiting[0]!)).toBe(30);
  expect(waiting[1]!.now).toBe('sent to b');
  // While nothing has come of it that is no news.
  expect(await secondsUntilSent(world, back(world, 'CHILD_NOT_STARTED'))).toBe(30);
  expect(world.warnings).toHaveLength(1);
  // After a session there it is: what was told is over.
  world.placed().openedElsewhere?.('b');
  back(world, 'CHILD_NOT_STARTED');
  await turn();
  expect(world.warnings.splice(0)).toEqual(Array.from({ length: 2 }, () => line(30, 'CHILD_NOT_STARTED')));
  // A new run tries it again, and is told anew.
  world.placing.renew();
  const ofNewRun = world.register();
  await turn();
  expect(ofNewRun.now).toBe('sent to b');
  back(world, 'CHILD_NOT_STARTED');
  await turn();
  expect(world.warnings).toEqual([line(30, 'CHILD_NOT_STARTED')]);
});

test('a session there ends it at once, for all that wait', async () => {
  const world = new PlacingWorld();
  await world.connected('b', 4);
  const waiting = [back(world, 'CHILD_NOT_STARTED'), world.register()];
  await world.pass(3_000);
  world.offers('b', 4);
  await turn();
  expect(waiting.map(({ now }) => now)).toEqual([undefined, undefined]);
  world.placed().openedElsewhere?.('b');
  await turn();
  expect(waiting.map(({ now }) => now)).toEqual(['sent to b', 'sent to b']);
});

test('calls that fail together, one after the other, are one failure of the host', async () => {
  const world = new PlacingWorld();
  await world.connected('b', 4);
  const first = back(world, 'HUB_LOST');
  await world.pass(1_000);
  const second = back(world, 'HUB_LOST');
  await world.pass(900);
  back(world, 'HUB_UNREACHABLE');
  await world.pass(100);
  world.offers('b', 4);
  await turn();
  expect([first.now, second.now]).toEqual(['sent to b', 'sent to b']);
  expect(world.warnings).toEqual([line(2, 'HUB_LOST')]);
});

test('one pool that fails on a host closes it to no other', async () => {
  const world = new PlacingWorld({ db: 1, api: 1 });
  const pools = ['db', 'api'];
  for (const pool of pools) await world.full(pool);
  const first = pools.map((pool) => world.register({ pool }));
  world.offers('b', 4, { pool: pools });
  world.runs[0]!.opens({ db: 'x', api: 'x' });
  for (const one of first) expect(await one.outcome()).toBe('sent to b');
  const failed = back(world, 'CHILD_NOT_STARTED', { pool: 'api' });
  world.offers('b', 4, { pool: pools });
  const ofOther = world.register({ pool: 'db' });
  await turn();
  expect(ofOther.now).toBe('sent to b');
  // Nor does a session of another pool open it to this one.
  world.placed('db').openedElsewhere?.('b');
  await world.pass(3_000);
  world.offers('b', 4, { pool: pools });
  await turn();
  expect(failed.now).toBeUndefined();
  expect(world.warnings).toEqual([line(30, 'CHILD_NOT_STARTED', 'api')]);
});
