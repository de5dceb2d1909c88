// On which hosts a run is opened again, when, and what is told of those that are left alone.
import { expect, test } from 'vitest';
import { version } from '../../../src/base/version.ts';
import { writeAnnouncement } from '../../../src/reach/offer.ts';
import { addressOf, PlacingWorld, turn } from '../../support/placing.ts';

/** Time passes in which the host says each second what it offers. */
async function offering(world: PlacingWorld, host: string, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    world.offers(host, 4);
    await world.pass(1_000);
  }
}

test('a connection that ends soon after it was opened: the host is left alone for 30 s, which is told', async () => {
  const world = new PlacingWorld();
  const run = await world.connected('b', 4);
  run.ends();
  world.register();
  await offering(world, 'b', 30);
  expect(world.runs).toHaveLength(1);
  expect(world.warnings).toEqual([
    'no session of "db" goes to ci-b (b:7000) for 30 s: the connection to it has ended 2 s after it was opened',
  ]);
  await offering(world, 'b', 1);
  expect(world.runs).toHaveLength(2);
});

test('one that ends later is opened again at once', async () => {
  const world = new PlacingWorld();
  const run = await world.connected('b', 4);
  await offering(world, 'b', 30);
  run.ends();
  world.offers('b', 4);
  expect(world.runs).toHaveLength(2);
  expect(world.warnings).toEqual([]);
});

test('a host whose connection has ended, and that is not wanted since or has gone, is not told of', async () => {
  const world = new PlacingWorld();
  const run = await world.connected('b', 4);
  world.topic.publish(writeAnnouncement({ says: 'ends', host: 'b' }, version));
  run.ends();
  world.register();
  await world.pass(3_000);
  expect(world.warnings).toEqual([]);
});

test('one that has other pools than it said is left alone, which is told', async () => {
  const world = new PlacingWorld();
  await world.full();
  world.register();
  await offering(world, 'b', 1);
  world.runs[0]!.opens({ db: 'y' });
  await offering(world, 'b', 29);
  expect(world.runs).toHaveLength(1);
  expect(world.warnings).toEqual([
    'no session of "db" goes to ci-b (b:7000) for 30 s: its pools are others than it has announced',
  ]);
  await offering(world, 'b', 2);
  expect(world.runs).toHaveLength(2);
});

test('a failure is told again once the run was open there, and in the next run', async () => {
  const world = new PlacingWorld();
  await world.full();
  world.register();
  const told = 'Cannot open this run on ci-b: it is broken; no session of this run goes there for 30 s';
  const fails = async (): Promise<string[]> => {
    await offering(world, 'b', 31);
    world.runs.at(-1)!.fails('Cannot open this run on ci-b: it is broken');
    return world.warnings.splice(0);
  };
  expect(await fails()).toEqual([told]);
  expect(await fails()).toEqual([]);
  await offering(world, 'b', 31);
  world.runs.at(-1)!.opens();
  await offering(world, 'b', 31);
  world.runs.at(-1)!.ends();
  expect(await fails()).toEqual([told]);
  // In watch mode all is tried again at once.
  const before = world.runs.length;
  world.placing.renew();
  await offering(world, 'b', 1);
  expect(world.runs).toHaveLength(before + 1);
  world.runs.at(-1)!.fails('Cannot open this run on ci-b: it is broken');
  expect(world.warnings).toEqual([told]);
});

test('hosts of another version are told of once, when sessions are wanted elsewhere', async () => {
  const world = new PlacingWorld();
  const pools = { db: { identity: 'x', slots: 4, free: 4, queued: 0 } };
  const others = (): void => {
    for (const host of ['c', 'd']) {
      const offer = { host, name: 'ci', addresses: [addressOf(host)], pools, load: 0 };
      world.topic.publish(writeAnnouncement({ says: 'offers', number: 1, offer }, '9.0.0-rc.1'));
    }
  };
  await world.full();
  others();
  await world.pass(500);
  expect(world.warnings).toEqual([]);
  world.register();
  world.register();
  await turn();
  expect(world.warnings).toEqual([
    `2 hosts offer pools with another version of Carpool (9.0.0-rc.1; this is ${version}): they are not used`,
  ]);
  others();
  world.register();
  await turn();
  expect([world.warnings.length, world.runs.length]).toEqual([1, 0]);
});
