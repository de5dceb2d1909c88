/**
 * Sessions that are opened before a call wants them. `warm-stock.ts` decides how many and which; this opens them, closes
 * those that are given up, and gives them to callers. A warm session that fails, or whose child ends, is dropped without a
 * word: the next call opens one itself, and reports what is wrong.
 */
import { Cancellation } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { within } from '../base/wait.ts';
import type { Listener } from '../session/listener.ts';
import type { Admission, Slot } from './admission.ts';
import type { ChildSupervisor } from './child-supervisor.ts';
import type { Children } from './children.ts';
import type { PoolSettings } from './options.ts';
import type { OpenOptions } from './registration.ts';
import type { SlotHolder, SlotHolders } from './slot-holders.ts';
import type { SlotSession, SlotSessions } from './slot-sessions.ts';
import { WarmListener } from './warm-listener.ts';
import { WarmStock, type Fitness } from './warm-stock.ts';

/** Milliseconds after a `register` in which another one is likely. */
const likely = 5_000;

export interface WarmSessionsOptions {
  readonly settings: PoolSettings;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly children: Children;
  readonly holders: SlotHolders;
  readonly sessions: SlotSessions;
}

interface Begun {
  readonly session: SlotSession;
  readonly since: number;
}

interface Warm {
  readonly slot: Slot;
  readonly listener: WarmListener;
  readonly givenUp: Cancellation;
  /** Present as soon as its child is there. */
  session?: SlotSession;
  /** Resolves with it, and when that was, by the clock. */
  readonly begun: PromiseWithResolvers<Begun>;
  /** Resolves when it is open. */
  readonly opening: Promise<SlotSession>;
  /** It holds no slot any more. */
  ended: boolean;
  /** Resolves when its slot is given back. */
  readonly over: PromiseWithResolvers<void>;
}

export class WarmSessions {
  readonly #options: WarmSessionsOptions;
  readonly #stock: WarmStock<Warm>;
  /** Taken by calls that wait until they are open. */
  readonly #promised = new Set<Warm>();
  #closing = false;

  constructor(options: WarmSessionsOptions) {
    this.#options = options;
    const { admission, settings } = options;
    const fitness = ({ slot, session }: Warm): Fitness => {
      const ended = session !== undefined && session.conversation.state.name === 'closed';
      return ended || !admission.isCurrent(slot) ? 'stale' : admission.isSuspect(slot) ? 'held back' : 'fit';
    };
    this.#stock = new WarmStock({ size: settings.warm, likely }, fitness);
  }

  /** Those that are open, or on their way. */
  get size(): number {
    return this.#stock.size;
  }

  newRun(): void {
    this.#stock.newRun();
  }

  /** This `register` call has its session. One that is recorded says nothing of the next one: it could take none of these. */
  registered({ params, transcript }: OpenOptions): void {
    if (transcript === undefined) this.#stock.registered(this.#options.clock.now(), params !== undefined);
    this.settle();
  }

  /**
   * Gives one to this call; `undefined`: there is none, or they were opened without its `params`, or without its transcript.
   * @throws the reason of its signal
   */
  async take(holder: SlotHolder, listener: Listener): Promise<SlotSession | undefined> {
    const { clock, holders } = this.#options;
    const { params, transcript } = holder.options;
    const { signal } = holder.deadline;
    if (params !== undefined || transcript !== undefined) return undefined;
    const expired = (): Error => new Error('unreachable: `open` has a deadline of its own');
    for (;;) {
      const warm = this.#stock.take();
      if (warm === undefined) return undefined;
      this.#promised.add(warm);
      const child = this.#hold(warm);
      holder.deadline.startsOn(child);
      void warm.begun.promise.then(({ session, since }) => {
        if (this.#promised.has(warm)) holder.deadline.opens(session.generation.child, session.conversation, since);
      });
      const opened = await within(warm.opening, { clock, signal, expired })
        .catch((thrown: unknown) => {
          if (signal?.aborted !== true) return undefined;
          child.letGo();
          this.#takeBack(warm);
          holders.disclaimOwner(holder);
          throw thrown;
        })
        .finally(() => this.#promised.delete(warm));
      // It could not be opened, or has ended meanwhile: as if it had not been there.
      if (opened?.conversation.state.name !== 'open') {
        child.letGo();
        continue;
      }
      holders.add(holder, clock.now());
      opened.give(holder);
      child.countSession(opened.generation);
      warm.listener.handOver(listener);
      return opened;
    }
  }

  /** Opens and gives up what the slots of now ask for. After everything that changes them. */
  settle(): void {
    if (this.#closing) return;
    const { admission, clock } = this.#options;
    const { free, queued: waiting } = admission;
    const { open, giveUp } = this.#stock.plan(clock.now(), { free, waiting });
    for (const warm of giveUp) this.#giveUp(warm);
    for (let count = 0; count < open; count++) this.#open();
  }

  /** Where no slot is free: gives one up, for a call that does not wait in the queue. */
  async makeRoom(): Promise<void> {
    const { admission } = this.#options;
    if (admission.free > 0 || admission.queued > 0) return;
    const warm = this.#stock.giveUpOne();
    if (warm === undefined) return;
    const child = this.#hold(warm);
    this.#giveUp(warm);
    await warm.over.promise;
    child.letGo();
  }

  /** Closes all, with the confirmation of their children. */
  async close(): Promise<void> {
    this.#closing = true;
    const all = [...this.#stock.items, ...this.#promised];
    for (const warm of all) {
      this.#hold(warm);
      this.#giveUp(warm);
    }
    // Where the child is still starting, its end ends them.
    await Promise.all(all.flatMap(({ session, over }) => (session === undefined ? [] : over.promise)));
  }

  #open(): void {
    const { admission } = this.#options;
    admission.enter({ granted: (slot) => this.#begin(slot) }, false);
  }

  #begin(slot: Slot): void {
    const listener = new WarmListener(() => {
      this.#stock.failed(warm);
      this.#giveUp(warm);
    });
    const [begun, over] = [Promise.withResolvers<Begun>(), Promise.withResolvers<void>()];
    const givenUp = new Cancellation();
    // Not in this turn: it is called from inside the queue.
    const opening = Promise.resolve().then(() => this.#opened(warm));
    const warm: Warm = { slot, listener, givenUp, begun, opening, over, ended: false };
    this.#stock.began(warm);
    this.#whenOpen(warm);
  }

  #whenOpen(warm: Warm): void {
    warm.opening.then(() => this.#stock.opened(warm), noop);
  }

  /** Its call has given up before it was open. */
  #takeBack(warm: Warm): void {
    if (warm.ended) return;
    this.#stock.returned(warm);
    this.#whenOpen(warm);
  }

  async #opened(warm: Warm): Promise<SlotSession> {
    const { givenUp } = warm;
    try {
      const session = await this.#beginOnChild(warm);
      await session.opened;
      return session;
    } catch (thrown) {
      if (!givenUp.aborted) this.#stock.failed(warm);
      throw thrown;
    }
  }

  async #beginOnChild(warm: Warm): Promise<SlotSession> {
    const { admission, children, clock, sessions } = this.#options;
    const { slot, listener, givenUp } = warm;
    try {
      const child = children.at(slot.child);
      // No call holds the child: it may be idle from now on.
      await child.warmUp();
      const generation = await child.current();
      if (!admission.isCurrent(slot)) givenUp.abort(noop);
      if (givenUp.aborted) throw new Error('it was given up');
      const begin = { listener, signal: givenUp, params: undefined, label: undefined, transcript: undefined };
      const session = sessions.begin({ slot, generation }, begin);
      session.conversation.speaker.isWarm = true;
      warm.session = session;
      warm.begun.resolve({ session, since: clock.now() });
      // After the slot is free: `sessions` has listened first.
      void session.conversation.released.then(() => this.#ended(warm));
      return session;
    } catch (thrown) {
      admission.release(slot);
      this.#ended(warm);
      throw thrown;
    }
  }

  #ended(warm: Warm): void {
    warm.ended = true;
    this.#stock.gone(warm);
    warm.over.resolve();
    this.settle();
  }

  #giveUp(warm: Warm): void {
    const { clock, settings } = this.#options;
    warm.givenUp.abort(() => new Error('it was given up'));
    const reason = 'because no call has wanted it';
    void warm.session?.conversation.close({ by: 'pool', at: clock.now(), reason }, settings.closeTimeout);
  }

  /** While something waits for it, its child keeps this process running. */
  #hold({ slot, session }: Warm): ChildSupervisor {
    const child = this.#options.children.at(slot.child);
    child.hold();
    session?.generation.ref();
    return child;
  }
}
