/** The session of a host, in simulated time. */
import { expect, test } from 'vitest';
import { pause } from '../src/clock.ts';
import { Epochs } from '../src/epoch.ts';
import { Session, type SessionOptions } from '../src/session.ts';
import type { Store } from '../src/store.ts';
import { timingOf } from '../src/validity.ts';
import { SimulatedHost, SimulatedServer } from './support/simulated-server.ts';
import { Timeline } from './support/timeline.ts';

const timing = timingOf(3_000);

/** In which each way takes as long as any other: a few milliseconds. */
class EvenTimeline extends Timeline {
  override random(): number {
    return 0.5;
  }
}

class SimulatedSession {
  readonly time: Timeline = new EvenTimeline(1);
  readonly host: SimulatedHost = new SimulatedHost(0, this.time);
  readonly server: SimulatedServer = new SimulatedServer({
    time: this.time,
    hosts: [this.host],
    lost: 0,
    ordered: true,
  });
  /** When it was over, and why. */
  over: readonly [number, string] | undefined;
  session: Session | undefined;

  /** @param write writes the key of the session, for the nth time, from 1 */
  constructor(write: (number: number, set: () => Promise<number>) => Promise<number>) {
    const clock = this.host.clock(1);
    const real = this.server.storeOf(this.host, 60_000);
    let writes = 0;
    const store: Store = {
      ...real,
      set: async (key, value, expected) => {
        const set = async (): Promise<number> => await real.set(key, value, expected);
        return key.includes('.host.') ? await write(++writes, set) : await set();
      },
    };
    let ids = 0;
    const random = (): string => `id${++ids}`;
    const stopped = (): boolean => false;
    const options: SessionOptions = {
      store,
      clock,
      timing,
      random,
      stopped,
      label: 'a host',
      epochs: new Epochs({ store, clock, timing, random, stopped }),
      writes: () => {},
      over: (_, why) => (this.over = [this.time.now, why]),
    };
    void Session.open(options).then((session) => (this.session = session));
  }
}

/** The next renewal is sent when the one before is answered: with more, it is answered when that one has run out. */
const third = timing.observe / 3;

test.each([
  [third - 50, false],
  [third + 50, true],
])('a renewal counts from when it was sent: each answer comes %d ms late, it is over: %s', async (late, isOver) => {
  const sent: number[] = [];
  const simulated: SimulatedSession = new SimulatedSession(async (number, set) => {
    sent[number] = simulated.time.now;
    const revision = await set();
    if (number > 1) await pause(simulated.host.clock(1), late);
    return revision;
  });
  await simulated.time.run(30_000);
  expect(simulated.session?.over).toBe(isOver);
  if (!isOver) return;
  // The second one has no answer before the first one has run out.
  expect(sent).toHaveLength(4);
  const [at = 0, why] = simulated.over ?? [];
  expect(at).toBeCloseTo((sent[2] ?? 0) + timing.voidAfter, 6);
  expect(why).toContain('it could not be renewed for 2000 ms');
});

test('a store that goes back, where the last renewal stands under an earlier revision: it has lost writes', async () => {
  let before = 0;
  const simulated: SimulatedSession = new SimulatedSession(async (number, set) => {
    const { bucket } = simulated.server;
    const { key } = simulated.session ?? {};
    const stored = key === undefined ? undefined : bucket?.keys.get(key);
    if (number === 5 && bucket !== undefined && key !== undefined && stored !== undefined) {
      before = stored.revision;
      bucket.revision = before - 1;
      bucket.keys.set(key, { ...stored, revision: before - 1 });
    }
    return await set();
  });
  await simulated.time.run(30_000);
  expect(before).toBeGreaterThan(1);
  expect(simulated.over?.[1]).toBe('the bucket has an earlier state than it had: its server has lost writes');
  // All others begin another one.
  expect(simulated.server.bucket).toBeUndefined();
});
