/**
 * Few children, many sessions. Behind `register`, `close` and `stats` it starts a child when a session needs it, counts
 * slots, keeps the queue, replaces a child that died or went bad, and stops it when no session needs it.
 *
 * A slot is taken before the child is asked for a session, and given back only when the child has confirmed that the
 * session is gone. The numbers live in `admission.ts`, the children in `children.ts`, the names of the holders in
 * `slot-holders.ts`; this file ties them together.
 */
import { asCarpoolError, callSite, errorAt, type CallSite } from '../base/errors.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { within } from '../base/wait.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { Listener } from '../session/listener.ts';
import { UserSession } from '../session/session.ts';
import type { Session } from '../session/types.ts';
import { Admission, type Slot } from './admission.ts';
import { Children } from './children.ts';
import { PoolFaults } from './faults.ts';
import type { PoolSettings } from './options.ts';
import { isLostOpening, openedOrNotStarted } from './lost-opening.ts';
import { PoolEnd } from './pool-end.ts';
import { RegisterDeadline } from './register-deadline.ts';
import type { OpenOptions, PoolEnvironment, Registration } from './registration.ts';
import { SlotWait } from './slot-wait.ts';
import { SlotHolders, type SlotHolder } from './slot-holders.ts';
import { SlotSessions, type Place, type SlotSession } from './slot-sessions.ts';
import { poolStatus, type PoolStatus, type ShowsSession } from './status.ts';
import type { Pool, PoolStats, RegisterOptions } from './types.ts';
import type { Notices } from './wait-notices.ts';
import { WarmSessions } from './warm-sessions.ts';
import type { WatchedFiles } from '../process/files.ts';

/** The pool of users, described in `types.ts`, and what the hub calls. */
export class ChildPool<M extends Messages = AnyMessages> implements Pool<M> {
  readonly settings: PoolSettings;
  readonly #clock: Clock;
  readonly #admission: Admission;
  readonly #children: Children;
  readonly #holders: SlotHolders;
  readonly #end: PoolEnd;
  #sessions = 0;
  readonly #faults: PoolFaults;
  readonly #notices: Notices | undefined;
  readonly #slots: SlotWait;
  readonly #slotSessions: SlotSessions;
  /** Absent where none are kept. */
  readonly #warm: WarmSessions | undefined;
  #before = { children: 0, sessions: 0, failures: 0, restarts: 0 };

  constructor(settings: PoolSettings, environment: PoolEnvironment = {}) {
    this.settings = settings;
    this.#clock = environment.clock ?? systemClock;
    this.#admission = new Admission(settings, environment.cap);
    const { notices, cap, warn, summarised, timeline } = environment;
    this.#holders = new SlotHolders(settings.name, this.#clock, timeline);
    this.#faults = new PoolFaults({ settings, clock: this.#clock, holders: this.#holders, warn, summarised });
    this.#notices = notices;
    const slots = { settings, clock: this.#clock, admission: this.#admission, holders: this.#holders };
    this.#slots = new SlotWait({ ...slots, notices, cap });
    this.#children = new Children({
      ...environment,
      settings,
      clock: this.#clock,
      faults: this.#faults,
      admission: this.#admission,
      changed: () => this.#warm?.settle(),
    });
    const parts = { ...slots, children: this.#children };
    const leaveCap = cap?.join(this.#children) ?? noop;
    this.#end = new PoolEnd({ ...parts, leaveCap, warm: () => this.#warm });
    const sessions = new SlotSessions({
      ...parts,
      faults: this.#faults,
      isClosing: () => this.#end.begun,
      changed: () => this.#warm?.settle(),
    });
    this.#slotSessions = sessions;
    this.#warm = settings.warm === 0 ? undefined : new WarmSessions({ ...parts, sessions });
  }

  get name(): string {
    return this.settings.name;
  }

  /** @param site where errors point. Default: the caller */
  async register(
    options: RegisterOptions<M['params']> = {},
    site: CallSite = callSite(this.register),
  ): Promise<Session<M>> {
    const session = new UserSession<M>(this.name, this.#clock);
    const { conversation, hello, opened, codec, protocol, evidence } = await this.open(options, session.listener, site);
    const { requestTimeout, closeTimeout, maxUnreadEvents } = this.settings;
    session.bind({
      requestTimeout,
      closeTimeout,
      maxUnreadEvents,
      naming: protocol,
      conversation,
      format: codec.format,
      hello,
      opened,
      silent: this.settings.server !== undefined,
      diagnose: evidence,
    });
    return session;
  }

  /** As `register`, for a listener that is not a `Session`. `site` is where errors point. */
  async open(options: OpenOptions, listener: Listener, site: CallSite): Promise<Registration> {
    const since = this.#clock.now() - (options.spent ?? 0);
    const deadline = new RegisterDeadline({ settings: this.settings, clock: this.#clock, since, call: options });
    const holder: SlotHolder = { since, site, options, deadline };
    try {
      return await this.#open(holder, listener);
    } catch (thrown) {
      if (options.signal?.aborted === true && thrown === options.signal.reason) throw thrown;
      throw errorAt(asCarpoolError(thrown, 'SESSION_FAILED', `Cannot register a session of "${this.name}"`), site);
    } finally {
      deadline.stop();
      this.#slots.settle(holder);
    }
  }

  async start(): Promise<void> {
    this.#checkOpen();
    await this.replaceIfChanged();
    await this.#children.start(this.#slots);
  }

  /** Whether a child gives a sign of life within `probeTimeout`; starts one if none is there. @throws as `start` */
  probe(): Promise<{ readonly answers: boolean; readonly asked: boolean }> {
    return this.#children.probe(this.#slots);
  }

  stats(): PoolStats {
    const { queued, quarantined, peak } = this.#admission;
    const { pids, started } = this.#children;
    return {
      name: this.name,
      maxSessions: this.settings.maxSessions,
      open: this.#holders.size,
      queued,
      warm: this.#warm?.size ?? 0,
      quarantined,
      running: pids.length,
      pids,
      children: started,
      sessions: this.#sessions,
      peak,
      ...this.#slots.counts.stats(),
      ...this.#faults.stats(),
      ...this.#children.stats(),
    };
  }

  /** What is there now. @param most sessions, and calls that wait, that are named @param shows of which with their messages */
  status(most: number, shows?: ShowsSession): PoolStatus {
    const sessions = this.#holders.status(this.#clock.now(), most, shows);
    return poolStatus(this.stats(), this.#children.status(), { sessions, waiting: this.#slots.status(most) });
  }

  /** A new run begins: earlier failures no longer count. */
  resetFailures(): void {
    this.#children.resetFailures();
  }

  /** `statsOfRun` counts from now on. */
  countAnew(): void {
    const { children, sessions, failures, restarts = 0, running } = this.stats();
    // A child that lives on is one of the next run, too.
    this.#before = { children: children - running, sessions, failures, restarts };
    this.#faults.countAnew();
    this.#notices?.renew(this.name);
    this.#children.countAnew();
    this.#slots.countAnew();
    this.#warm?.newRun();
  }

  /** As `stats`, since the last `countAnew`. */
  statsOfRun(): PoolStats {
    const [stats, before] = [this.stats(), this.#before];
    const [children, sessions] = [stats.children - before.children, stats.sessions - before.sessions];
    const [failures, restarts] = [stats.failures - before.failures, (stats.restarts ?? 0) - before.restarts];
    return { ...stats, children, sessions, failures, restarts, ...this.#faults.statsOfRun() };
  }

  /** Replaces idle children whose files have changed. A look at globs takes some milliseconds, so no session waits for it. */
  async replaceIfChanged(): Promise<void> {
    await this.#children.replaceIfChangedAnywhere();
  }

  /** What the children were started from. */
  get watched(): WatchedFiles {
    return this.#children.watched;
  }

  /** Sessions with which fault was found, after so many. @param run the id of theirs. Default: all */
  diagnosedSince(from: number, run?: string): Pick<PoolStats, 'diagnosed' | 'firstDiagnosed'> {
    return this.#faults.diagnosedSince(from, run);
  }

  /** The first half of `close`. */
  endSessions(): Promise<void> {
    return this.#end.endSessions();
  }

  /** Clients that tests have left open are connected to a server of this pool, so that `close` would break their process. */
  inUse(): Promise<boolean> {
    return this.#children.inUse();
  }

  close(): Promise<void> {
    return this.#end.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #open(holder: SlotHolder, listener: Listener): Promise<Registration> {
    this.#checkOpen();
    this.#holders.claimOwner(holder);
    this.#children.replaceIfChanged();
    const warm = this.#warm && (await this.#warm.take(holder, listener));
    const session = warm ?? (await this.#beginOpen(holder, listener));
    const { conversation, generation, evidence, activity, testFailed, ownTestFailed, lateFailure, wentOn } = session;
    const { opened: found } = await openedOrNotStarted(session, holder);
    holder.openedAt = this.#clock.now();
    this.#sessions++;
    this.#warm?.registered(holder.options);
    const { hello, codec, protocol } = generation.seenBy(conversation);
    const known = { hello, opened: found, codec, protocol, settings: this.settings, slotWait: holder.slotWait };
    const awaitsEnd = generation.begins(conversation.id);
    return { ...known, conversation, awaitsEnd, evidence, activity, testFailed, ownTestFailed, lateFailure, wentOn };
  }

  async #beginOpen(holder: SlotHolder, listener: Listener): Promise<SlotSession> {
    const first = await this.#begin(holder, listener);
    if (!(await isLostOpening(first, holder))) return first;
    this.#holders.again(holder);
    return await this.#begin(holder, listener);
  }

  async #begin(holder: SlotHolder, listener: Listener): Promise<SlotSession> {
    const { params, transcript, holder: label } = holder.options;
    const { signal } = holder.deadline;
    const place = await this.#acquireSlotAndChild(holder);
    const session = this.#slotSessions.begin(place, { listener, signal, params, label, transcript });
    session.give(holder);
    holder.deadline.opens(place.generation.child, session.conversation);
    this.#children.at(place.slot.child).countSession(place.generation);
    return session;
  }

  /** A slot, and the child that it is a slot of. */
  async #acquireSlotAndChild(holder: SlotHolder): Promise<Place> {
    for (;;) {
      const slot = await this.#acquireSlot(holder).catch((thrown: unknown) => {
        this.#holders.end(holder, this.#clock.now(), true);
        throw thrown;
      });
      const child = this.#children.at(slot.child);
      this.#holders.add(holder, this.#clock.now());
      child.hold();
      try {
        const { signal } = holder.deadline;
        holder.deadline.startsOn(child);
        const expired = (): Error => new Error('unreachable: the start has a deadline of its own');
        const generation = await within(child.current(), { clock: this.#clock, signal, expired });
        this.#checkOpen();
        generation.ref();
        if (this.#admission.isCurrent(slot)) return { slot, generation };
        // The child was retired meanwhile: this slot is one of its past, and its successor counts anew.
        this.#holders.delete(holder);
        child.letGo();
        this.#admission.release(slot);
      } catch (thrown) {
        this.#slotSessions.free(slot, holder, true);
        throw thrown;
      }
    }
  }

  async #acquireSlot(holder: SlotHolder): Promise<Slot> {
    if (this.#warm !== undefined && holder.options.wait === false) await this.#warm.makeRoom();
    const acquiring = this.#slots.acquire(holder);
    // Where it waits, a warm session gives up its slot for it.
    this.#warm?.settle();
    const slot = await acquiring;
    // The next in the queue finds the pool closed too.
    if (this.#end.begun) this.#admission.release(slot);
    this.#checkOpen();
    return slot;
  }

  #checkOpen(): void {
    if (this.#end.begun) throw this.#end.error();
  }
}
