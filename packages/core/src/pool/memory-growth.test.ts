import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import { MemoryGrowth } from './memory-growth.ts';

const MiB = 1024 * 1024;

class World {
  readonly clock = new FakeClock();
  readonly bytes = new Map<number, number>();
  looks = 0;
  readonly growth = new MemoryGrowth({
    clock: this.clock,
    bytesOf: (pid) => {
      this.looks++;
      return this.bytes.get(pid) ?? 0;
    },
  });

  /** Sessions that end one after another, each of which leaves so much. */
  run(pid: number, sessions: Readonly<Record<string, number>>): void {
    for (const [name, grown] of Object.entries(sessions)) {
      this.clock.pass(600);
      this.bytes.set(pid, (this.bytes.get(pid) ?? 50 * MiB) + grown * MiB);
      this.growth.ended(pid, name);
    }
  }
}

test('the one that grew by far more is named, with the sessions that ended when it had', () => {
  const world = new World();
  world.run(1, { warm: 0, a: 2, b: 2, c: 2 });
  world.run(2, { warm: 0, d: 2, e: 300, f: 2 });
  expect(world.growth.found()).toEqual([
    'child 2 grew by 304 MiB in 3 sessions, others by 6 MiB at most in as many; 300 MiB of it until these ended: e',
  ]);
  world.growth.countAnew();
  expect(world.growth.found()).toEqual([]);
});

test('nothing is said of a child that has no neighbour, or that grew as they did, or by little', () => {
  const alone = new World();
  alone.run(1, { warm: 0, a: 500, b: 500 });
  expect(alone.growth.found()).toEqual([]);

  const alike = new World();
  for (const pid of [1, 2]) alike.run(pid, { warm: 0, a: 500, b: 500 });
  expect(alike.growth.found()).toEqual([]);

  const little = new World();
  little.run(1, { warm: 0, a: 0, b: 0 });
  little.run(2, { warm: 0, a: 30, b: 33 });
  expect(little.growth.found()).toEqual([]);
});

test('what has had more sessions may have grown by more; what a child takes to start counts for none', () => {
  const busy = new World();
  busy.run(1, { warm: 0, a: 10, b: 10 });
  busy.run(2, { warm: 400, ...Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`s${at}`, 10])) });
  expect(busy.growth.found()).toEqual([]);
});

test('it looks at a child once in half a second at most, and names the last of those that ended meanwhile', () => {
  const world = new World();
  world.run(1, { warm: 0, a: 0, b: 0 });
  world.run(2, { warm: 0 });
  const before = world.looks;
  for (const name of ['a', 'b', 'c', 'd']) world.growth.ended(2, name);
  expect(world.looks).toBe(before);
  world.run(2, { e: 100 });
  expect(world.growth.found()[0]).toMatch(/100 MiB of it until these ended: c, d, e$/);
  // It has gone.
  world.bytes.delete(2);
  world.run(2, {});
  world.clock.pass(600);
  world.growth.ended(2, 'late');
  expect(world.growth.found()[0]).toMatch(/^child 2 grew by 100 MiB in 5 sessions/);
});

test('a neighbour that was not looked at since its first session says nothing of what is usual', () => {
  const world = new World();
  world.run(1, { warm: 0 });
  for (const name of ['a', 'b', 'c']) world.growth.ended(1, name);
  world.run(2, { warm: 0, d: 100, e: 100 });
  expect(world.growth.found()).toEqual([]);
  world.run(1, { f: 0 });
  expect(world.growth.found()[0]).toMatch(/^child 2 grew by 200 MiB in 2 sessions/);
  world.growth.countAnew();
  for (const name of ['g', 'h']) world.growth.ended(1, name);
  world.run(2, { i: 100, j: 100 });
  expect(world.growth.found()).toEqual([]);
});
