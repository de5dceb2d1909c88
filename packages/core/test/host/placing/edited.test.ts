// Files are edited. Of another host: the run is opened there anew, and what was there before is left when it can be. Of the run
// itself: what other hosts have is none of its pools any more.
import { describe, expect, test } from 'vitest';
import type { PoolMade } from '../../../src/reach/offer.ts';
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

describe('the files of the run itself', () => {
  /** A run of which the test says what its pool is made from. */
  function edits() {
    const answers: ((made: PoolMade | undefined) => void)[] = [];
    const state = { isChanged: false };
    const remade = {
      changed: async () => state.isChanged,
      made: () => new Promise<PoolMade | undefined>((resolve) => void answers.push(resolve)),
    };
    return { world: new PlacingWorld({ db: 1 }, { remade }), answers, state };
  }
  const made = (identity: string): PoolMade => ({ identity, parts: { 'engine.mjs': '00000002' } });

  test('are as they were: other hosts are used as before', async () => {
    const { world, answers } = edits();
    await world.connected('b', 4);
    await world.placed().replaceIfChanged();
    expect([await world.register().outcome(), answers.length]).toEqual(['sent to b', 0]);
  });

  test('are edited: what comes stays here at once, and goes to those that have the same now', async () => {
    const { world, answers, state } = edits();
    await world.connected('b', 4);
    state.isChanged = true;
    await world.placed().replaceIfChanged();
    const early = world.register();
    await turn();
    expect([early.now, world.pools.get('db')!.queued]).toEqual([undefined, 1]);
    answers[0]!(made('y'));
    await world.pass(100);
    world.offers('b', 4);
    const late = world.register();
    await world.pass(2_100);
    expect([early.now, late.now]).toEqual([undefined, undefined]);
    expect(world.warnings).toEqual([expect.stringMatching(/^1 other host offers "db", but not the same pool/)]);
    world.offers('b', 4, { identity: 'y' });
    await world.pass(30_000);
    world.offers('b', 4, { identity: 'y' });
    world.runs.at(-1)!.opens({ db: 'y' });
    await turn();
    expect([early.now, late.now]).toEqual(['sent to b', 'sent to b']);
  });

  test('are edited twice: an answer that comes late is not believed', async () => {
    const { world, answers, state } = edits();
    await world.connected('b', 4);
    state.isChanged = true;
    await world.placed().replaceIfChanged();
    await world.placed().replaceIfChanged();
    answers[1]!(made('y'));
    answers[0]!(made('x'));
    await turn();
    world.offers('b', 4);
    const waits = world.register();
    await world.pass(2_100);
    expect(waits.now).toBeUndefined();
  });

  test('cannot be told any more: all stays here, and is waited for no longer', async () => {
    const { world, answers, state } = edits();
    await world.connected('b', 4);
    state.isChanged = true;
    await world.placed().replaceIfChanged();
    answers[0]!(undefined);
    await turn();
    world.offers('b', 4);
    const waits = world.register();
    await turn();
    expect([waits.now, world.pools.get('db')!.queued]).toEqual([undefined, 1]);
  });
});
