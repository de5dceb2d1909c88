/**
 * One child, many sessions. Behind `register`, `close` and `stats` it starts the child when a session needs it, counts
 * slots, keeps the queue, replaces a child that died or went bad, and stops it when no session needs it.
 *
 * A slot is taken before the child is asked for a session, and given back only when the child has confirmed that the
 * session is gone. The numbers live in `admission.ts`, the children in `child-supervisor.ts`, the names of the holders in
 * `slot-holders.ts`; this file ties them together.
 */
import { CarpoolError, asCarpoolError, callSite, errorAt, type CallSite } from '../base/errors.ts';
import { systemClock, type Clock, type Timer } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { Listener } from '../session/listener.ts';
import { UserSession } from '../session/session.ts';
import type { CloseReason } from '../session/state.ts';
import type { Session } from '../session/types.ts';
import { Admission, type Slot, type Ticket } from './admission.ts';
import { ChildSupervisor } from './child-supervisor.ts';
import { fullError, queueTimeoutError, type Occupancy } from './errors.ts';
import type { Generation } from './generation.ts';
import type { PoolSettings } from './options.ts';
import type { OpenOptions, PoolEnvironment, Registration } from './registration.ts';
import { SlotHolders, type SlotHolder } from './slot-holders.ts';
import type { Pool, PoolStats, RegisterOptions } from './types.ts';

/** The pool of users, described in `types.ts`, and what the hub calls. */
export class ChildPool<M extends Messages = AnyMessages> implements Pool<M> {
  readonly settings: PoolSettings;
  readonly #clock: Clock;
  readonly #admission: Admission;
  readonly #children: ChildSupervisor;
  readonly #holders: SlotHolders;
  #idle: Timer | undefined;
  #closing: Promise<void> | undefined;
  #sessions = 0;
  #ids = 0;
  #longestWait = 0;
  #strays = 0;

  constructor(settings: PoolSettings, environment: PoolEnvironment = {}) {
    this.settings = settings;
    this.#clock = environment.clock ?? systemClock;
    this.#admission = new Admission(settings.maxSessions, settings.maxQueued);
    this.#holders = new SlotHolders(settings.name);
    this.#children = new ChildSupervisor({
      settings,
      clock: this.#clock,
      started: environment.started,
      onStderr: environment.onStderr,
      stray: () => this.#strays++,
      succeeded: () => this.#admission.renew(),
    });
  }

  get name(): string {
    return this.settings.name;
  }

  /** @param site where errors point. Default: the caller */
  async register(options: RegisterOptions = {}, site: CallSite = callSite(this.register)): Promise<Session<M>> {
    const session = new UserSession<M>(this.name, this.#clock);
    const { conversation, hello, codec, evidence } = await this.open(options, session.listener, site);
    const { requestTimeout, closeTimeout, maxUnreadEvents, protocol } = this.settings;
    const limits = { requestTimeout, closeTimeout, maxUnreadEvents };
    session.bind({
      ...limits,
      idField: protocol.idField,
      conversation,
      format: codec.format,
      hello,
      diagnose: evidence,
    });
    return session;
  }

  /** As `register`, for a listener that is not a `Session`. `site` is where errors point. */
  async open(options: OpenOptions, listener: Listener, site: CallSite): Promise<Registration> {
    try {
      return await this.#open(options, listener, site);
    } catch (thrown) {
      if (options.signal?.aborted === true && thrown === options.signal.reason) throw thrown;
      throw errorAt(asCarpoolError(thrown, 'SESSION_FAILED', `Cannot register a session of "${this.name}"`), site);
    }
  }

  async start(): Promise<void> {
    this.#checkOpen();
    if (this.#holders.size === 0) this.#children.replaceIfChanged();
    await this.#children.current();
    if (this.#holders.size === 0) this.#becomeIdle();
  }

  stats(): PoolStats {
    const { used, queued, quarantined, peak } = this.#admission;
    return {
      name: this.name,
      maxSessions: this.settings.maxSessions,
      open: used,
      queued,
      quarantined,
      children: this.#children.started,
      sessions: this.#sessions,
      peak,
      longestWait: Math.round(this.#longestWait),
      strays: this.#strays,
      failures: this.#children.failures,
      pid: this.#children.pid,
    };
  }

  /** A new run begins: earlier failures no longer count. */
  resetFailures(): void {
    this.#children.resetFailures();
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #open(options: OpenOptions, listener: Listener, site: CallSite): Promise<Registration> {
    this.#checkOpen();
    const holder: SlotHolder = { since: this.#clock.now(), site, options };
    this.#holders.claimOwner(holder);
    // While sessions are open the child is in use; a new binary waits for a quiet moment.
    if (this.#holders.size === 0) this.#children.replaceIfChanged();
    const { slot, generation } = await this.#acquireSlotAndChild(options, holder);
    const { conversation, opened } = generation.open({
      id: options.id ?? `s${++this.#ids}`,
      listener,
      timeout: this.settings.openTimeout,
      signal: options.signal,
      params: options.params,
    });
    holder.conversation = conversation;
    // The slot follows the conversation: free when the child confirms, else not used again.
    void conversation.released.then(({ confirmed }) => this.#free(slot, holder, confirmed));
    await opened;
    this.#sessions++;
    this.#children.countSession();
    const { hello, codec } = generation;
    return { conversation, hello, codec, settings: this.settings, evidence: () => generation.evidence() };
  }

  /** A slot, and the child that it is a slot of. */
  async #acquireSlotAndChild(
    options: OpenOptions,
    holder: SlotHolder,
  ): Promise<{ slot: Slot; generation: Generation }> {
    for (;;) {
      const slot = await this.#acquireSlot(options).catch((thrown: unknown) => {
        this.#holders.disclaimOwner(holder);
        throw thrown;
      });
      this.#holders.add(holder);
      this.#idle?.cancel();
      try {
        const { signal } = options;
        const expired = (): Error => new Error('unreachable: the start has a deadline of its own');
        const generation = await within(this.#children.current(), { clock: this.#clock, signal, expired });
        this.#checkOpen();
        generation.ref();
        if (slot.epoch === this.#admission.epoch) return { slot, generation };
        // The child was succeeded meanwhile: this slot is one of the last child, and the next one counts anew.
        this.#holders.delete(holder);
      } catch (thrown) {
        this.#free(slot, holder, true);
        throw thrown;
      }
    }
  }

  async #acquireSlot(options: OpenOptions): Promise<Slot> {
    const { promise, resolve } = Promise.withResolvers<Slot>();
    const ticket: Ticket = { granted: resolve };
    const wait = options.wait ?? true;
    const entered = this.#admission.enter(ticket, wait);
    if (entered === 'full') throw fullError(this.#occupancy(), wait);
    const since = this.#clock.now();
    const timeout = options.timeout ?? this.settings.registerTimeout;
    try {
      const slot = await within(promise, {
        clock: this.#clock,
        timeout: entered === 'granted' ? undefined : timeout,
        signal: options.signal,
        expired: () => queueTimeoutError(this.#occupancy(), timeout),
        late: (unwanted) => this.#admission.release(unwanted),
      });
      this.#longestWait = Math.max(this.#longestWait, this.#clock.now() - since);
      // The next in the queue finds the pool closed too.
      if (this.#closing !== undefined) this.#admission.release(slot);
      this.#checkOpen();
      return slot;
    } catch (thrown) {
      this.#admission.leave(ticket);
      throw thrown;
    }
  }

  #occupancy(): Occupancy {
    const { capacity, maxQueued, quarantined } = this.#admission;
    const holders = this.#holders.describe(this.#clock.now());
    return { pool: this.name, capacity, maxQueued, quarantined, holders };
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw this.#closedError();
  }

  #closedError(): CarpoolError {
    const message = `Cannot register a session: pool "${this.name}" is closed`;
    return new CarpoolError('POOL_CLOSED', message, { context: { pool: this.name } });
  }

  #free(slot: Slot, holder: SlotHolder, confirmed: boolean): void {
    this.#holders.delete(holder);
    this.#holders.disclaimOwner(holder);
    if (confirmed) this.#admission.release(slot);
    else this.#admission.quarantine(slot);
    if (this.#admission.quarantined >= this.settings.maxQuarantined) this.#children.retire();
    if (this.#holders.size === 0) this.#becomeIdle();
  }

  #becomeIdle(): void {
    this.#idle?.cancel();
    this.#children.unrefAll();
    const { idleTimeout } = this.settings;
    if (!Number.isFinite(idleTimeout) || !this.#children.serving) return;
    this.#idle = this.#clock.after(idleTimeout, () => {
      if (this.#holders.size === 0) this.#children.retire();
    });
    this.#idle.unref();
  }

  async #shutDown(): Promise<void> {
    this.#idle?.cancel();
    const reason: CloseReason = { by: 'pool', at: this.#clock.now(), reason: 'because its pool was closed' };
    const { closeTimeout } = this.settings;
    await Promise.all(this.#holders.conversations().map((conversation) => conversation.close(reason, closeTimeout)));
    await this.#children.stopAll(this.#closedError());
    this.#admission.renew(); // those still queued are granted a slot, and find the pool closed
  }
}
