/**
 * One child, many sessions. The deep module: behind `register`, `close` and `stats` it starts the child when somebody
 * wants it, counts slots, keeps the queue, replaces a child that died or went bad, and stops it when nobody needs it.
 *
 * A slot is taken before the child is asked for a session, and given back only when the child has confirmed that the
 * session is gone. The numbers live in `admission.ts`, the children in `succession.ts`; this file ties them together.
 */
import { CarpoolError, asCarpoolError, callSite, errorAt, type CallSite } from '../base/errors.ts';
import { systemClock, type Clock, type Timer } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { Conversation, Listener } from '../session/conversation.ts';
import { Session } from '../session/session.ts';
import type { CloseReason } from '../session/state.ts';
import { Admission, type Slot, type Ticket } from './admission.ts';
import type { Generation } from './generation.ts';
import { fullError, placeIn, queueTimeoutError, type Holder, type Occupancy } from './errors.ts';
import { poolSettings, type PoolOptions, type PoolSettings } from './options.ts';
import { ChildSupervisor } from './child-supervisor.ts';
import type { PoolStats, PoolEnvironment, RegisterOptions, Registration } from './types.ts';

interface SlotHolder {
  readonly since: number;
  readonly site: CallSite;
  readonly options: RegisterOptions;
  conversation?: Conversation;
}

export class Pool<M extends Messages = AnyMessages> implements AsyncDisposable {
  readonly settings: PoolSettings;
  readonly #clock: Clock;
  readonly #admission: Admission;
  readonly #succession: ChildSupervisor;
  readonly #tenancies = new Set<SlotHolder>();
  readonly #owners = new Map<string, SlotHolder>();
  #idle: Timer | undefined;
  #closing: Promise<void> | undefined;
  #sessions = 0;
  #ids = 0;
  #longestWait = 0;
  #strays = 0;

  constructor(settings: PoolSettings, surroundings: PoolEnvironment = {}) {
    this.settings = settings;
    this.#clock = surroundings.clock ?? systemClock;
    this.#admission = new Admission(settings.maxSessions, settings.maxQueued);
    this.#succession = new ChildSupervisor({
      settings,
      clock: this.#clock,
      started: surroundings.started,
      onStderr: surroundings.onStderr,
      stray: () => this.#strays++,
      succeeded: () => this.#admission.renew(),
    });
  }

  get name(): string {
    return this.settings.name;
  }

  /**
   * Takes a slot and opens a session on the child, starting the child if it is not there.
   * @throws CarpoolError POOL_FULL, POOL_QUEUE_TIMEOUT, ALREADY_REGISTERED, POOL_CLOSED, POOL_GAVE_UP, CHILD_*, SESSION_FAILED
   */
  async register(options: RegisterOptions = {}): Promise<Session<M>> {
    const site = callSite(this.register);
    const { session, listener, bind } = Session.nascent<M>(this.name, this.#clock);
    const { conversation, hello, codec, evidence } = await this.open(options, listener, site);
    const { requestTimeout, closeTimeout, maxUnreadEvents } = this.settings;
    const limits = { requestTimeout, closeTimeout, maxUnreadEvents };
    bind({ ...limits, conversation, format: codec.format, hello, diagnose: evidence });
    return session;
  }

  /** As `register`, for whoever brings a listener of its own. `site` is where errors point. */
  async open(options: RegisterOptions, listener: Listener, site: CallSite): Promise<Registration> {
    try {
      return await this.#open(options, listener, site);
    } catch (thrown) {
      if (options.signal?.aborted === true && thrown === options.signal.reason) throw thrown;
      throw errorAt(asCarpoolError(thrown, 'SESSION_FAILED', `Cannot register a session of "${this.name}"`), site);
    }
  }

  /**
   * Has the child started, if it is not there, and waits for its hello. Takes no slot.
   * @throws CarpoolError POOL_CLOSED, POOL_GAVE_UP, CHILD_*
   */
  async start(): Promise<void> {
    this.#checkOpen();
    if (this.#tenancies.size === 0) this.#succession.replaceIfChanged();
    await this.#succession.current();
    if (this.#tenancies.size === 0) this.#becomeIdle();
  }

  stats(): PoolStats {
    const { used, queued, quarantined, peak } = this.#admission;
    return {
      name: this.name,
      maxSessions: this.settings.maxSessions,
      open: used,
      queued,
      quarantined,
      children: this.#succession.started,
      sessions: this.#sessions,
      peak,
      longestWait: Math.round(this.#longestWait),
      strays: this.#strays,
      failures: this.#succession.failures,
      pid: this.#succession.pid,
    };
  }

  /** Who holds slots now, oldest first. */
  holders(): Holder[] {
    return [...this.#tenancies].map(({ since, site, options, conversation }) => {
      const takenAt = placeIn(site);
      return {
        ...options.holder,
        ...(conversation === undefined ? {} : { session: conversation.id }),
        ...(takenAt === undefined ? {} : { takenAt }),
        heldFor: Math.round(this.#clock.now() - since),
      };
    });
  }

  /** A new run begins: earlier failures no longer count. */
  forgive(): void {
    this.#succession.forgive();
  }

  /** Ends all sessions, stops the child, takes no more. A second call joins the first. */
  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #open(options: RegisterOptions, listener: Listener, site: CallSite): Promise<Registration> {
    this.#checkOpen();
    const tenancy: SlotHolder = { since: this.#clock.now(), site, options };
    this.#claimOwner(tenancy);
    // With others at work the child is in use; a new binary waits for a quiet moment.
    if (this.#tenancies.size === 0) this.#succession.replaceIfChanged();
    const { slot, generation } = await this.#takePlace(options, tenancy);
    const { conversation, opened } = generation.open({
      id: options.id ?? `s${++this.#ids}`,
      listener,
      timeout: this.settings.openTimeout,
      signal: options.signal,
      params: options.params,
    });
    tenancy.conversation = conversation;
    this.#followRelease(conversation, slot, tenancy);
    await opened;
    this.#sessions++;
    this.#succession.countSession();
    const { hello, codec } = generation;
    return { conversation, hello, codec, settings: this.settings, evidence: () => generation.evidence() };
  }

  /** A slot, and the child that it is a slot of. */
  async #takePlace(options: RegisterOptions, tenancy: SlotHolder): Promise<{ slot: Slot; generation: Generation }> {
    for (;;) {
      const slot = await this.#takeSlot(options).catch((thrown: unknown) => {
        this.#disclaimOwner(tenancy);
        throw thrown;
      });
      this.#tenancies.add(tenancy);
      this.#idle?.cancel();
      try {
        const { signal } = options;
        const expired = (): Error => new Error('unreachable: the start has a deadline of its own');
        const generation = await within(this.#succession.current(), { clock: this.#clock, signal, expired });
        this.#checkOpen();
        generation.hold(true);
        if (slot.epoch === this.#admission.epoch) return { slot, generation };
        // The child was succeeded meanwhile: this slot is one of the last child, and the next one counts anew.
        this.#tenancies.delete(tenancy);
      } catch (thrown) {
        this.#free(slot, tenancy, true);
        throw thrown;
      }
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw this.#closedError();
  }

  #closedError(): CarpoolError {
    const message = `Cannot register a session: pool "${this.name}" is closed`;
    return new CarpoolError('POOL_CLOSED', message, { context: { pool: this.name } });
  }

  #claimOwner(tenancy: SlotHolder): void {
    const { owner } = tenancy.options;
    if (owner === undefined) return;
    const holder = this.#owners.get(owner);
    if (holder === undefined) {
      this.#owners.set(owner, tenancy);
      return;
    }
    const id = holder.conversation?.id;
    const name = id === undefined ? 'a session that is being opened' : `session ${id}`;
    const message = `Cannot register a session: ${JSON.stringify(owner)} already has ${name} of pool "${this.name}"`;
    throw new CarpoolError('ALREADY_REGISTERED', message, { context: { pool: this.name, owner, session: id } });
  }

  #disclaimOwner(tenancy: SlotHolder): void {
    const { owner } = tenancy.options;
    if (owner !== undefined && this.#owners.get(owner) === tenancy) this.#owners.delete(owner);
  }

  async #takeSlot(options: RegisterOptions): Promise<Slot> {
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
    return { pool: this.name, capacity, maxQueued, quarantined, holders: this.holders() };
  }

  /** The slot follows the conversation: free when the child confirms, else not used again. */
  #followRelease(conversation: Conversation, slot: Slot, tenancy: SlotHolder): void {
    void conversation.released.then(({ confirmed }) => this.#free(slot, tenancy, confirmed));
  }

  #free(slot: Slot, tenancy: SlotHolder, confirmed: boolean): void {
    this.#tenancies.delete(tenancy);
    this.#disclaimOwner(tenancy);
    if (confirmed) this.#admission.release(slot);
    else this.#admission.quarantine(slot);
    if (this.#admission.quarantined >= this.settings.maxQuarantined) this.#succession.retire();
    if (this.#tenancies.size === 0) this.#becomeIdle();
  }

  #becomeIdle(): void {
    this.#idle?.cancel();
    this.#succession.letGo();
    const { idleTimeout } = this.settings;
    if (!Number.isFinite(idleTimeout) || !this.#succession.serving) return;
    this.#idle = this.#clock.after(idleTimeout, () => {
      if (this.#tenancies.size === 0) this.#succession.retire();
    });
    this.#idle.unref();
  }

  async #shutDown(): Promise<void> {
    this.#idle?.cancel();
    const reason: CloseReason = { by: 'pool', at: this.#clock.now(), reason: 'because its pool was closed' };
    await Promise.all(
      [...this.#tenancies].map(async ({ conversation }) => conversation?.close(reason, this.settings.closeTimeout)),
    );
    await this.#succession.stopAll(this.#closedError());
    this.#admission.renew(); // those still queued are granted a slot, and find the pool closed
  }
}

/** Starts a pool in this process. The child starts with the first `register`. */
export function createPool<M extends Messages = AnyMessages>(
  options: PoolOptions<M> & { readonly name?: string },
  surroundings?: PoolEnvironment,
): Pool<M> {
  return new Pool<M>(poolSettings(options.name ?? 'pool', options), surroundings);
}
