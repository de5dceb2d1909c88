// Suspicion beside a real admission, with a clock that the test advances and children that block and wake as it says:
// whatever sessions come and end, no child is held back for ever, no call waits beside a free slot, a child that is well is
// never replaced, none is killed under sessions that it may serve, and one that is blocked gets no session of the next test.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import type { Clock } from '../base/clock.ts';
import { CarpoolError } from '../base/errors.ts';
import type { Conversation } from '../session/conversation.ts';
import type { Doubt } from '../session/listener.ts';
import { Admission, type Slot } from './admission.ts';
import type { Children } from './children.ts';
import type { Generation } from './generation.ts';
import type { PoolSettings } from './options.ts';
import type { Silence } from './silence.ts';
import { Suspects, type SuspectSession } from './suspects.ts';

const patience = 2_000;
const closeTimeout = 5_000;

/** `http`, `port`: a server with that `ready`. The others talk on their pipes. */
type Kind = 'http' | 'port' | 'probe' | 'no probe';

interface Shape {
  readonly kind: Kind;
  readonly children: number;
  readonly sessionsPerChild: number;
  /** The end asks the child nothing: it is confirmed by none. */
  readonly silentEnds: boolean;
  /** Milliseconds that an answer takes. */
  readonly latency: number;
}

class FakeGeneration {
  readonly canBeAsked: boolean;
  readonly patience = patience;
  readonly readyIn: number;
  readonly liveness: FakeGeneration = this;
  readonly world: World;
  readonly child: number;
  blocked = false;
  wasBlocked = false;
  killed = false;
  isLeft = false;
  /** Sessions that are open or ending. */
  readonly inside = new Set<FakeSession>();
  #heard = 0;
  #answers: Promise<boolean> | undefined;

  constructor(world: World, child: number) {
    const { kind, latency } = world.shape;
    this.world = world;
    this.child = child;
    this.readyIn = kind === 'http' ? latency : 0;
    this.canBeAsked = kind !== 'no probe';
  }

  get sessions(): number {
    return this.inside.size;
  }

  isSilentFor(conversation: Conversation): boolean {
    if (this.world.isServer) return true;
    return [...this.inside, ...this.world.over].some((one) => one.conversation === conversation && one.unheard);
  }

  /** It says something: all hear that it lives. */
  say(): void {
    this.#heard++;
    for (const session of [...this.inside, ...this.world.over]) if (session.on === this) session.unheard = false;
  }

  answers(): Promise<boolean> {
    this.#answers ??= this.#asked().finally(() => (this.#answers = undefined));
    return this.#answers;
  }

  suspected(): void {}

  #asked(): Promise<boolean> {
    const { clock, shape } = this.world;
    const before = this.#heard;
    const until = clock.now() + patience;
    return new Promise((resolve) => {
      const look = (): void => {
        const answered =
          shape.kind === 'port' || (shape.kind === 'no probe' ? this.#heard > before : !this.blocked || this.killed);
        if (!answered && clock.now() < until) clock.after(100, look);
        else {
          if (answered && shape.kind === 'probe') this.say();
          resolve(answered);
        }
      };
      clock.after(shape.latency, look);
    });
  }
}

class FakeSession implements SuspectSession {
  readonly slot: Slot;
  readonly generation: Generation;
  readonly conversation: Conversation;
  state: 'open' | 'ending' | 'over' = 'open';
  doubt: Doubt | undefined;
  /** It has sent something, and nothing has come since. */
  unheard = false;
  /** At its end it had blocked its child, or so it seems: the next one must not get that. */
  isCulprit = false;

  constructor(slot: Slot, generation: FakeGeneration, id: string) {
    this.slot = slot;
    this.generation = generation as unknown as Generation;
    const { state } = { state: () => this.state };
    const conversation = {
      id,
      speaker: { id },
      get over() {
        return state() === 'over';
      },
      get state() {
        return { name: { open: 'open', ending: 'closing', over: 'closed' }[state()] };
      },
    };
    this.conversation = conversation as unknown as Conversation;
  }

  get on(): FakeGeneration {
    return this.generation as unknown as FakeGeneration;
  }
}

class World {
  readonly clock = new FakeClock();
  readonly shape: Shape;
  readonly admission: Admission;
  readonly suspects: Suspects;
  readonly current: (FakeGeneration | undefined)[];
  readonly open = new Set<FakeSession>();
  readonly ending = new Set<FakeSession>();
  readonly over = new Set<FakeSession>();
  readonly replaced = new Map<FakeGeneration, number>();
  waiting = 0;
  /** A child was blocked and is not any more: it was held back for nothing, and others are not for a while. */
  woken = false;
  #ids = 0;

  constructor(shape: Shape) {
    this.shape = shape;
    const { kind, children, sessionsPerChild } = shape;
    this.admission = new Admission({ children, sessionsPerChild, maxQueued: 1_000 });
    this.current = Array.from({ length: children }, () => undefined);
    const server = { ready: kind === 'http' ? { http: '/' } : { port: true } };
    const settings = {
      name: 'fake',
      children,
      sessionsPerChild,
      closeTimeout,
      openTimeout: 10_000,
      probeTimeout: patience,
      server: this.isServer ? server : undefined,
    };
    const at = (child: number): unknown => ({
      replaceSilent: (generation: FakeGeneration, silence: Silence) => this.#replace(child, generation, silence),
    });
    this.suspects = new Suspects({
      settings: settings as unknown as PoolSettings,
      clock: this.clock as Clock,
      admission: this.admission,
      children: { at } as unknown as Children,
      isClosing: () => false,
      changed: () => {},
    });
  }

  get isServer(): boolean {
    return this.shape.kind === 'http' || this.shape.kind === 'port';
  }

  register(): void {
    this.waiting++;
    const granted = (slot: Slot): void => {
      this.waiting--;
      this.#begin(slot);
    };
    this.admission.enter({ granted }, true);
  }

  /** It sends something that is not answered. */
  send(pick: number): void {
    const session = picked(this.open, pick);
    if (session !== undefined) session.unheard = true;
  }

  end(pick: number, failed: boolean): void {
    const session = picked(this.open, pick);
    if (session === undefined) return;
    this.open.delete(session);
    this.ending.add(session);
    session.state = 'ending';
    session.doubt = failed ? 'failed' : !this.isServer && session.unheard ? 'unanswered' : undefined;
    const { on, doubt, unheard } = session;
    session.isCulprit = on.blocked && (this.isServer ? failed : doubt !== undefined && unheard);
    this.suspects.ends(session, doubt);
    if (this.shape.silentEnds) this.#release(session, true);
    else {
      session.unheard = true;
      this.clock.after(closeTimeout, () => this.#release(session, false));
    }
  }

  /** A test has failed, and its session goes on for now. */
  tell(pick: number): void {
    const session = picked(this.open, pick);
    if (session !== undefined) void this.suspects.failed(session);
  }

  /** The child confirms the end of a session. */
  confirm(pick: number): void {
    const session = picked(this.ending, pick);
    if (session?.on.blocked === false) this.confirmed(session);
  }

  confirmed(session: FakeSession): void {
    session.on.say();
    this.#release(session, true);
  }

  block(pick: number, blocked: boolean): void {
    const generation = picked(new Set(this.current.filter((one) => one !== undefined)), pick);
    if (generation === undefined) return;
    this.woken ||= generation.blocked && !blocked;
    generation.blocked = blocked;
    if (!blocked)
      for (const session of [...this.ending, ...this.over]) if (session.on === generation) session.isCulprit = false;
    generation.wasBlocked ||= blocked;
  }

  say(pick: number): void {
    const session = picked(this.open, pick);
    if (session?.on.blocked === false) session.on.say();
  }

  check(): void {
    const { admission, waiting } = this;
    must(admission.queued === waiting, 'all that wait are in the queue');
    must(waiting === 0 || admission.free === 0, 'none waits beside a free slot');
  }

  #begin(slot: Slot): void {
    const { kind, latency } = this.shape;
    const generation = (this.current[slot.child] ??= this.#start(slot.child));
    const culprits = [...this.ending, ...this.over].filter(({ on, isCulprit }) => on === generation && isCulprit);
    const isSure = kind === 'probe' || (kind === 'http' && latency === 1 && !this.woken);
    if (isSure && generation.blocked) must(culprits.length === 0, 'no session is on one that is blocked');
    const session = new FakeSession(slot, generation, `s${++this.#ids}`);
    generation.inside.add(session);
    this.open.add(session);
  }

  #start(child: number): FakeGeneration {
    this.admission.starting(child);
    this.admission.serving(child);
    return new FakeGeneration(this, child);
  }

  #release(session: FakeSession, confirmed: boolean): void {
    if (session.state === 'over') return;
    session.state = 'over';
    this.open.delete(session);
    this.ending.delete(session);
    this.over.add(session);
    session.on.inside.delete(session);
    const failure = confirmed ? undefined : new CarpoolError('REQUEST_TIMEOUT', 'not in time');
    this.suspects.released(session, { confirmed, failure });
    if (confirmed) this.admission.release(session.slot);
    else if (this.admission.quarantine(session.slot) >= this.shape.sessionsPerChild) this.#retire(session.on);
    this.#drain(session.on);
  }

  /** As `ChildSupervisor.replaceSilent`. */
  #replace(child: number, generation: FakeGeneration, { verdict, isOver, session: after }: Silence): void {
    if (generation.killed) return;
    const { kind, silentEnds } = this.shape;
    const mayErr = kind === 'port' || kind === 'no probe';
    if (!mayErr) must(generation.wasBlocked, 'none that is well is replaced');
    if (silentEnds) must(verdict === 'doubt', 'what is confirmed proves nothing');
    must(generation.child === child, 'the right one is replaced');
    this.replaced.set(generation, (this.replaced.get(generation) ?? 0) + 1);
    this.#retire(generation);
    const killed = verdict === 'proven' || (verdict === 'unproven' && generation.sessions === 0);
    if (killed && verdict === 'proven') must(generation.blocked, 'none that answers is killed');
    generation.isLeft ||= !killed;
    // With one session at a time its successor waits for the end.
    const isAlone = [...generation.inside].every(({ conversation }) => conversation.id === after);
    const isStopped = this.shape.sessionsPerChild === 1 && isOver && isAlone;
    if (verdict !== 'proven' && (killed || isStopped))
      must(
        [...generation.inside].every(({ state }) => state !== 'open'),
        'none is killed under a session that it may serve',
      );
    if (killed || isStopped) this.#kill(generation);
  }

  #retire(generation: FakeGeneration): void {
    if (this.current[generation.child] !== generation) return;
    this.current[generation.child] = undefined;
    this.admission.retired(generation.child);
    this.#drain(generation);
  }

  #kill(generation: FakeGeneration): void {
    generation.killed = true;
    for (const session of generation.inside) this.#release(session, true);
    this.#drain(generation);
  }

  #drain(generation: FakeGeneration): void {
    if (generation.sessions > 0 || this.current[generation.child] === generation) return;
    generation.killed = true;
    this.admission.gone(generation.child);
  }
}

function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`It is not so that ${what}`);
}

function picked<T>(all: ReadonlySet<T>, pick: number): T | undefined {
  return [...all][pick % Math.max(1, all.size)];
}

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
