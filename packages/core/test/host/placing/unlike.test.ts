// Hosts that offer another pool by the name of one of the run: they are not used, and it is told once which they are, and why.
import { expect, test } from 'vitest';
import { PlacingWorld, turn } from '../../support/placing.ts';

const edited = { identity: 'y', parts: { 'engine.mjs': '00000002' } };

/** This host is full, and a session is wanted on others that have said what they offer. */
async function wanted(offer: (world: PlacingWorld) => void): Promise<PlacingWorld> {
  const world = new PlacingWorld();
  await world.full();
  const waiting = world.register();
  offer(world);
  await world.pass(500);
  expect([waiting.now, world.pools.get('db')!.queued]).toEqual([undefined, 1]);
  return world;
}

test('one line, once for each pool, with the machines and what differs', async () => {
  const world = await wanted((on) => {
    on.offers('b', 4, edited);
    on.offers('c', 4, edited);
    on.offers('d', 4, { identity: 'z', parts: { 'engine.mjs': '00000001', 'its options': '00000003' } });
    on.offers('e', 4, { identity: 'w' });
  });
  const line =
    '4 other hosts offer "db", but not the same pool. What differs: engine.mjs, on ci-b (b:7000), ci-c (c:7000); its options, on ci-d (d:7000); something, on ci-e (e:7000)';
  expect(world.warnings).toEqual([line]);
  world.offers('f', 4, edited);
  world.register();
  await world.pass(500);
  expect([world.warnings, world.runs]).toEqual([[line], []]);
});

test('nothing is told before a session is wanted there, or while others may not have been heard of', async () => {
  const world = new PlacingWorld();
  await world.full();
  world.offers('b', 4, edited);
  await world.pass(5_000);
  expect([world.warnings, world.placed().statsOfRun().others]).toEqual([[], undefined]);
  const other = new PlacingWorld();
  await other.full();
  other.register();
  other.offers('b', 4, edited);
  await other.pass(250);
  expect(other.warnings).toEqual([]);
  await other.pass(100);
  expect(other.warnings).toEqual([
    '1 other host offers "db", but not the same pool. What differs: engine.mjs, on ci-b (b:7000)',
  ]);
});

test('the line stays short, and moves no cursor, whatever is announced', async () => {
  const world = await wanted((on) => {
    for (let n = 0; n < 6; n++) on.offers(`h${n}`, 4, { identity: 'y', parts: { '\u001b[2J\n': '00000002' } });
  });
  expect(world.warnings).toEqual([
    '6 other hosts offer "db", but not the same pool. What differs:  [2J , engine.mjs, on ci-h0 (h0:7000), ci-h1 (h1:7000), ci-h2 (h2:7000), ci-h3 (h3:7000) and 2 more',
  ]);
});

test('the summary has how many have the same pool; the status each host, with what differs', async () => {
  const world = new PlacingWorld();
  await world.full();
  world.register();
  world.offers('b', 0);
  world.offers('c', 4, edited);
  await world.pass(400);
  world.runs[0]!.opens();
  await turn();
  expect(world.placed().statsOfRun().others).toEqual({ same: 1, of: 2 });
  const ofB = { name: 'ci-b', address: 'b:7000', state: 'connected', sessions: 0 };
  const unlike = [{ pool: 'db', what: 'engine.mjs' }];
  const ofC = { name: 'ci-c', address: 'c:7000', state: 'unused', sessions: 0, unlike };
  expect(world.placing.status()).toEqual([ofB, ofC]);
  // Its files are edited while sessions are there.
  world.offers('b', 0, edited);
  expect(world.placing.status()).toEqual([{ ...ofB, unlike }, ofC]);
  // What it does not offer is none of the run's.
  world.offers('c', 4, { pool: 'another', identity: 'y' });
  expect(world.placing.status()).toEqual([{ ...ofB, unlike }]);
});
