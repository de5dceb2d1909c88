// Suspicion beside a real admission, with a clock that the test advances and children that block and wake as it says:
// whatever sessions come and end, no child is held back for ever, no call waits beside a free slot, a child that is well is
// never replaced, none is killed under sessions that it may serve, and one that is blocked gets no session of the next test.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { patience, type FakeGeneration, type Kind } from '../../test/support/blocked-children.ts';
import { closeTimeout, World } from '../../test/support/suspects-world.ts';

/** What waits for a promise goes on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

async function pass(world: World, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 100) {
    world.clock.pass(Math.min(100, left));
    await settled();
    world.check();
  }
}

const pick = fc.nat(20);
type Move = { readonly name: string; readonly run: (world: World) => void | Promise<void> };
const move = <T>(values: fc.Arbitrary<T>, name: string, run: (world: World, value: T) => void | Promise<void>) =>
  values.map((value): Move => ({ name: `${name}(${String(value)})`, run: (world) => run(world, value) }));

const moves = fc.oneof(
  { weight: 4, arbitrary: move(pick, 'register', (world) => world.register()) },
  { weight: 2, arbitrary: move(pick, 'send', (world, value) => world.send(value)) },
  { weight: 2, arbitrary: move(pick, 'end', (world, value) => world.end(value, false)) },
  { weight: 2, arbitrary: move(pick, 'fail', (world, value) => world.end(value, true)) },
  { weight: 1, arbitrary: move(pick, 'tell', (world, value) => world.tell(value)) },
  { weight: 3, arbitrary: move(pick, 'confirm', (world, value) => world.confirm(value)) },
  { weight: 1, arbitrary: move(pick, 'block', (world, value) => world.block(value, true)) },
  { weight: 1, arbitrary: move(pick, 'wake', (world, value) => world.block(value, false)) },
  { weight: 1, arbitrary: move(pick, 'say', (world, value) => world.say(value)) },
  { weight: 3, arbitrary: move(fc.constantFrom(50, 500, 700, 2_500), 'pass', pass) },
);

const shapes = fc.record({
  kind: fc.constantFrom<Kind>('http', 'port', 'probe', 'no probe'),
  children: fc.integer({ min: 1, max: 3 }),
  sessionsPerChild: fc.integer({ min: 1, max: 3 }),
  silentEnds: fc.boolean(),
  latency: fc.constantFrom(1, 300),
});

test('whatever blocks, wakes, fails and ends: each child serves again or is replaced, and all calls are served', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.array(moves, { maxLength: 60, size: 'max' }), async (shape, all) => {
      const world = new World(shape);
      for (const { run } of all) {
        await run(world);
        await settled();
        world.check();
      }
      // Every test ends, and nothing is awake by itself: what is blocked stays so.
      for (let round = 0; round < 200 && world.open.size + world.ending.size + world.waiting > 0; round++) {
        while (world.open.size > 0) world.end(0, false);
        await settled();
        for (const session of world.ending) if (!session.on.blocked) world.confirmed(session);
        await pass(world, 300);
      }
      await pass(world, closeTimeout + 3 * patience);
      expect(world).toMatchObject({ waiting: 0 });
      expect(world.admission).toMatchObject({ queued: 0, used: 0, suspicions: [] });
      expect(world.clock.pending, 'timers that are left').toBe(0);
    }),
    { numRuns: 400 },
  );
});

/** Milliseconds that a call waits for its session, on which child. */
async function waitOf(world: World): Promise<{ readonly waited: number; readonly on: FakeGeneration | undefined }> {
  const began = world.clock.now();
  world.register();
  while (world.waiting > 0) {
    world.clock.pass(10);
    await settled();
  }
  return { waited: world.clock.now() - began, on: [...world.open].at(-1)?.on };
}

const slowToAnswer = { kind: 'http', latency: 300, silentEnds: true } as const;

test.each([
  { children: 1, sessionsPerChild: 1 },
  { children: 1, sessionsPerChild: 100 },
  { children: 4, sessionsPerChild: 1 },
])('a suite in which every test fails waits no longer than a twentieth of its time: %j', async (limits) => {
  const world = new World({ ...slowToAnswer, ...limits });
  let [waits, tests] = [0, 0];
  for (let count = 0; count < 200; count++) {
    const { waited } = await waitOf(world);
    waits += waited;
    world.clock.pass(10);
    tests += 10;
    world.end(0, true);
    await settled();
  }
  expect(waits).toBeLessThan(500 + 300 + 0.06 * (waits + tests));
  expect(world.replaced.size).toBe(0);
  // The first that hangs its server does so until its time-out.
  const { on: hung } = await waitOf(world);
  world.block(world.current.indexOf(hung), true);
  await pass(world, 5_000);
  world.end(0, true);
  const { on, waited } = await waitOf(world);
  expect(on).not.toBe(hung);
  expect(waited).toBeLessThanOrEqual(patience + 100);
});
