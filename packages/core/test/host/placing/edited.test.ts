// The files of another host are edited: the run is opened there anew, and what was there before is left when it can be.
import { expect, test } from 'vitest';
import { PlacingWorld, turn } from '../../support/placing.ts';

/** It offers another pool of the same name for a moment, and then this one again. */
async function edited(world: PlacingWorld): Promise<void> {
  world.offers('b', 4, { identity: 'y' });
  world.clock.pass(30_000);
  await turn();
  world.offers('b', 4);
  await turn();
}

test('one that is another by now is opened anew, and used until then as far as it is the same', async () => {
  const world = new PlacingWorld({ db: 1, api: 1 });
  const first = await world.connected('b', 4);
  await world.full('api');
  const looking = world.register({ pool: 'api' });
  await turn();
  // It has the other pool now, too.
  await world.pass(30_000);
  world.offers('b', 4, { pool: 'api' });
  await turn();
  expect(world.runs).toHaveLength(2);
  world.offers('b', 4);
  expect(await world.register().outcome()).toBe('sent to b');
  const second = world.runs[1]!;
  second.opens({ db: 'x', api: 'x' });
  world.offers('b', 4, { pool: 'api' });
  await turn();
  expect(looking.now).toBe('sent to b');
  expect(first.isOver).toBe(false);
});

test('the one of before is closed when nothing uses it any more', async () => {
  const world = new PlacingWorld();
  const first = await world.connected('b', 4);
  first.identities = new Map([['db', 'w']]);
  await edited(world);
  world.runs[1]!.opens();
  first.used = true;
  await world.pass(60_000);
  expect(first.isOver).toBe(false);
  expect(world.placing.status()).toHaveLength(2);
  // One that was sent there a moment ago may come yet.
  first.used = false;
  await world.pass(30_000);
  expect(first.isOver).toBe(false);
  first.used = true;
  await world.pass(30_000);
  first.used = false;
  await world.pass(30_000);
  expect(first.isOver).toBe(false);
  await world.pass(30_000);
  expect(first.isOver).toBe(true);
  expect(world.placing.status()).toHaveLength(1);
});

test('one that ends by itself is forgotten, so that many edits fill nothing up', async () => {
  const world = new PlacingWorld();
  let last = await world.connected('b', 4);
  for (let edit = 0; edit < 100; edit++) {
    last.identities = new Map([['db', `of edit ${edit}`]]);
    last.used = true;
    await edited(world);
    const next = world.runs.at(-1)!;
    expect(next).not.toBe(last);
    next.opens();
    last.ends();
    last = next;
  }
  expect(world.placing.status()).toHaveLength(1);
});

test('one that is opened anew and is what it was leaves all as it is', async () => {
  const world = new PlacingWorld();
  const first = await world.connected('b', 4);
  first.identities = new Map([['db', 'w']]);
  await edited(world);
  world.runs[1]!.opens({ db: 'w' });
  expect([first.isOver, world.runs[1]!.isOver]).toEqual([false, true]);
  expect(world.placing.status()).toHaveLength(1);
});

test('one that cannot be opened anew leaves what is there', async () => {
  const world = new PlacingWorld();
  const first = await world.connected('b', 4);
  first.identities = new Map([['db', 'w']]);
  await edited(world);
  world.runs[1]!.fails('Cannot open this run on ci-b: it is broken');
  expect(first.isOver).toBe(false);
  expect(world.placing.status()).toHaveLength(1);
});
