/** A pool with a real admission, whose children block and wake as a test says, and what must be so at each moment. */
import type { Clock } from '../../src/base/clock.ts';
import { CarpoolError } from '../../src/base/errors.ts';
import { Admission, type Slot } from '../../src/pool/admission.ts';
import type { Children } from '../../src/pool/children.ts';
import type { PoolSettings } from '../../src/pool/options.ts';
import type { Silence } from '../../src/pool/silence.ts';
import { Suspects } from '../../src/pool/suspects.ts';
import { FakeGeneration, FakeSession, patience, type Shape } from './blocked-children.ts';
import { FakeClock } from './clock.ts';

/** Milliseconds. */
export const closeTimeout = 5_000;

export class World {
  readonly clock: FakeClock = new FakeClock();
  readonly shape: Shape;
  readonly admission: Admission;
  readonly suspects: Suspects;
  readonly current: (FakeGeneration | undefined)[];
  readonly open: Set<FakeSession> = new Set<FakeSession>();
  readonly ending: Set<FakeSession> = new Set<FakeSession>();
  readonly over: Set<FakeSession> = new Set<FakeSession>();
  readonly replaced: Map<FakeGeneration, number> = new Map<FakeGeneration, number>();
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
