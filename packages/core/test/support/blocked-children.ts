/** Children that block and wake as a test says, and sessions on them, as `suspects.ts` sees them. */
import type { Generation } from '../../src/pool/generation.ts';
import type { Slot } from '../../src/pool/admission.ts';
import type { SuspectSession } from '../../src/pool/suspicion.ts';
import type { Conversation } from '../../src/session/conversation.ts';
import type { Doubt } from '../../src/session/listener.ts';
import type { FakeClock } from './clock.ts';

/** Milliseconds. */
export const patience = 2_000;

/** `http`, `port`: a server with that `ready`. The others talk on their pipes. */
export type Kind = 'http' | 'port' | 'probe' | 'no probe';

export interface Shape {
  readonly kind: Kind;
  readonly children: number;
  readonly sessionsPerChild: number;
  /** The end asks the child nothing: it is confirmed by none. */
  readonly silentEnds: boolean;
  /** Milliseconds that an answer takes. */
  readonly latency: number;
}

/** What a child sees of the world. */
export interface Around {
  readonly shape: Shape;
  readonly clock: FakeClock;
  readonly isServer: boolean;
  /** Sessions that have ended. */
  readonly over: ReadonlySet<FakeSession>;
}

export class FakeGeneration {
  readonly canBeAsked: boolean;
  readonly patience: number = patience;
  readonly readyIn: number;
  readonly liveness: FakeGeneration = this;
  readonly world: Around;
  readonly child: number;
  blocked = false;
  wasBlocked = false;
  killed = false;
  isLeft = false;
  /** Sessions that are open or ending. */
  readonly inside: Set<FakeSession> = new Set<FakeSession>();
  #heard = 0;
  #answers: Promise<boolean> | undefined;

  constructor(world: Around, child: number) {
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

  get received(): number {
    return this.#heard;
  }

  /** It says something: all hear that it lives. */
  say(): void {
    this.#heard++;
    for (const session of [...this.inside, ...this.world.over]) if (session.on === this) session.unheard = false;
  }

  get isAsked(): boolean {
    return this.#answers !== undefined;
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

export class FakeSession implements SuspectSession {
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
