/**
 * One child, many sessions. The deep module: behind `register`, `close` and `stats` it starts the child when somebody
 * wants it, counts slots, keeps the queue, replaces a child that died or went bad, and stops it when nobody needs it.
 *
 * A slot is taken before the child is asked for a session, and given back only when the child has confirmed that the
 * session is gone. The numbers live in `admission.ts`, the child in `generation.ts`; this file ties them together.
 */
import { CarpoolError, asCarpoolError, callSite, errorAt, type CallSite, type Evidence } from '../base/errors.ts';
import { systemClock, type Clock, type Timer } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { Conversation, Listener } from '../session/conversation.ts';
import { Session } from '../session/session.ts';
import type { CloseReason } from '../session/state.ts';
import { fingerprint, sameFingerprint, type Fingerprint } from '../process/command.ts';
import type { StartedChildren } from '../process/record.ts';
import { Admission, type Slot, type Ticket } from './admission.ts';
import { Generation } from './generation.ts';
import { describeHolder, placeIn, type Holder, type HolderLabel } from './holders.ts';
import { poolSettings, type PoolOptions, type PoolSettings } from './options.ts';
import { RestartPolicy } from './restart.ts';

export interface RegisterOptions {
  /** A key that may hold one session of the pool at a time. */
  readonly owner?: string;
  /** False: fail with POOL_FULL instead of waiting for a slot. Default true. */
  readonly wait?: boolean;
  /** Milliseconds to wait for a slot. Default: `registerTimeout` of the pool, 60,000. */
  readonly timeout?: number;
  /** Gives up waiting; `register` rejects with its reason. */
  readonly signal?: AbortSignal;
  /** The id of the session, unique in the pool. Default "s1", "s2", … */
  readonly id?: string;
  /** Who registers, for the errors of others. */
  readonly holder?: HolderLabel;
  /** Handed to the protocol's `open`. */
  readonly params?: unknown;
}

export interface PoolStats {
  readonly name: string;
  readonly maxSessions: number;
  /** Sessions that hold a slot now. */
  readonly open: number;
  readonly queued: number;
  readonly quarantined: number;
  /** Children started since the beginning. */
  readonly children: number;
  /** Sessions opened since the beginning. */
  readonly sessions: number;
  /** The most slots held at once. */
  readonly peak: number;
  /** The longest wait for a slot, in milliseconds. */
  readonly longestWait: number;
  /** Children that failed. */
  readonly failures: number;
  readonly pid: number | undefined;
}

/** A conversation that holds a slot, for the hub. */
export interface Registration {
  readonly conversation: Conversation;
  readonly hello: unknown;
  readonly settings: PoolSettings;
  evidence(): Evidence;
}

export interface PoolSurroundings {
  readonly clock?: Clock;
  /** Where started processes are recorded for a later sweep. */
  readonly started?: StartedChildren;
  /** Where the child's stderr goes if `forwardStderr` is set. */
  readonly onStderr?: (text: Uint8Array) => void;
}

interface Tenancy {
  readonly since: number;
  readonly site: CallSite;
  readonly options: RegisterOptions;
  conversation?: Conversation;
}

export class Pool<M extends Messages = AnyMessages> implements AsyncDisposable {
  readonly settings: PoolSettings;
  readonly #clock: Clock;
  readonly #surroundings: PoolSurroundings;
  readonly #admission: Admission;
  readonly #restarts: RestartPolicy;
  readonly #tenancies = new Set<Tenancy>();
  readonly #generations = new Set<Promise<Generation>>();
  #current: Promise<Generation> | undefined;
  #binary: { readonly file: string; readonly fingerprint: Fingerprint | undefined } | undefined;
  #lastFailure: CarpoolError | undefined;
  #idle: Timer | undefined;
  #closing: Promise<void> | undefined;
  #children = 0;
  #sessions = 0;
  #sessionsOfChild = 0;
  #ids = 0;
  #longestWait = 0;
  #pid: number | undefined;

  constructor(settings: PoolSettings, surroundings: PoolSurroundings = {}) {
    this.settings = settings;
    this.#surroundings = surroundings;
    this.#clock = surroundings.clock ?? systemClock;
    this.#admission = new Admission(settings.maxSessions, settings.queueLimit);
    this.#restarts = new RestartPolicy(settings.restarts);
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
    const { settings } = this;
    let generationEvidence = (): Evidence => ({});
    // The child's hello is known only once the slot is; the session reads it through the registration.
    const late: { hello: unknown } = { hello: undefined };
    const session = new Session<M>({
      pool: settings.name,
      format: settings.codec.format,
      clock: this.#clock,
      requestTimeout: settings.requestTimeout,
      closeTimeout: settings.closeTimeout,
      maxUnreadEvents: settings.maxUnreadEvents,
      get hello() {
        return late.hello;
      },
      diagnose: () => generationEvidence(),
    });
    const registration = await this.open(options, Session.listenerOf(session), site);
    late.hello = registration.hello;
    generationEvidence = registration.evidence;
    Session.bind(session, registration.conversation);
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

  stats(): PoolStats {
    const { used, queued, quarantined, peak } = this.#admission;
    return {
      name: this.name,
      maxSessions: this.settings.maxSessions,
      open: used,
      queued,
      quarantined,
      children: this.#children,
      sessions: this.#sessions,
      peak,
      longestWait: Math.round(this.#longestWait),
      failures: this.#restarts.total,
      pid: this.#pid,
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
    this.#restarts.forgive();
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
    this.#checkOwner(options.owner);
    const tenancy: Tenancy = { since: this.#clock.now(), site, options };
    const slot = await this.#takeSlot(options);
    this.#tenancies.add(tenancy);
    this.#idle?.cancel();
    let conversation: Conversation | undefined;
    try {
      const generation = await within(this.#generation(), {
        clock: this.#clock,
        signal: options.signal,
        expired: () => new Error('unreachable: no timeout'),
      });
      const opening = generation.open({
        id: options.id ?? `s${++this.#ids}`,
        listener,
        timeout: this.settings.openTimeout,
        signal: options.signal,
        params: options.params,
      });
      conversation = opening.conversation;
      tenancy.conversation = conversation;
      this.#followRelease(conversation, slot, tenancy);
      await opening.opened;
      this.#sessions++;
      if (++this.#sessionsOfChild >= this.settings.recycleAfter) this.#retire();
      return { conversation, hello: generation.hello, settings: this.settings, evidence: () => generation.evidence() };
    } catch (thrown) {
      if (conversation === undefined) this.#free(slot, tenancy, true);
      throw thrown;
    }
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new CarpoolError('POOL_CLOSED', `Cannot register a session: pool "${this.name}" is closed`, {
      context: { pool: this.name },
    });
  }

  #checkOwner(owner: string | undefined): void {
    if (owner === undefined) return;
    const holder = [...this.#tenancies].find((tenancy) => tenancy.options.owner === owner);
    if (holder === undefined) return;
    const id = holder.conversation?.id;
    const name = id === undefined ? 'a session that is being opened' : `session ${id}`;
    throw new CarpoolError('ALREADY_REGISTERED', `Cannot register a session: ${JSON.stringify(owner)} already has ${name} of pool "${this.name}"`, {
      context: { pool: this.name, owner, session: id },
    });
  }

  async #takeSlot(options: RegisterOptions): Promise<Slot> {
    const { promise, resolve } = Promise.withResolvers<Slot>();
    const ticket: Ticket = { granted: resolve };
    const wait = options.wait ?? true;
    const entered = this.#admission.enter(ticket, wait);
    if (entered === 'full') throw this.#fullError(wait);
    const since = this.#clock.now();
    const timeout = options.timeout ?? this.settings.registerTimeout;
    try {
      const slot = await within(promise, {
        clock: this.#clock,
        timeout: entered === 'granted' ? undefined : timeout,
        signal: options.signal,
        expired: () => this.#queueTimeout(timeout),
        late: (unwanted) => this.#admission.release(unwanted),
      });
      this.#longestWait = Math.max(this.#longestWait, this.#clock.now() - since);
      this.#checkOpen();
      return slot;
    } catch (thrown) {
      this.#admission.leave(ticket);
      throw thrown;
    }
  }

  #fullError(wait: boolean): CarpoolError {
    const { capacity, queueLimit } = this.#admission;
    const queue = wait ? `, and ${queueLimit} calls wait already` : '';
    const message = `Cannot register a session: all ${capacity} slots of "${this.name}" are busy${queue}; ${this.#holdersInWords()}`;
    return new CarpoolError('POOL_FULL', message, { context: { pool: this.name, holders: this.holders() } });
  }

  #queueTimeout(timeout: number): CarpoolError {
    const message = `Cannot register a session: all ${this.#admission.capacity} slots of "${this.name}" were busy for ${timeout} ms; ${this.#holdersInWords()}. Unregister sessions (\`await using\`), or raise \`maxSessions\``;
    return new CarpoolError('POOL_QUEUE_TIMEOUT', message, { context: { pool: this.name, timeout, holders: this.holders() } });
  }

  #holdersInWords(): string {
    const words = this.holders().map(describeHolder);
    const lost = this.#admission.quarantined;
    if (lost > 0) words.push(`${lost} lost to sessions whose end the child did not confirm`);
    return words.length === 0 ? 'nobody is known to hold one' : words.join(', ');
  }

  /** The child of now: the running one, or a new one if there is none or its binary has changed. */
  #generation(): Promise<Generation> {
    if (this.#current !== undefined && this.#tenancies.size <= 1) this.#replaceIfChanged();
    this.#current ??= this.#start();
    return this.#current;
  }

  #replaceIfChanged(): void {
    const binary = this.#binary;
    if (binary === undefined || sameFingerprint(fingerprint(binary.file), binary.fingerprint)) return;
    this.#restarts.forgive();
    this.#retire();
  }

  #start(): Promise<Generation> {
    const gaveUp = this.#restarts.givesUp(this.#clock.now());
    if (gaveUp !== undefined) return Promise.reject(this.#gaveUpError(gaveUp));
    this.#children++;
    this.#sessionsOfChild = 0;
    const starting: Promise<Generation> = Generation.start({
      settings: this.settings,
      clock: this.#clock,
      started: this.#surroundings.started,
      onStderr: this.#surroundings.onStderr,
      ended: (error) => {
        if (error !== undefined) this.#restarts.failed('life', this.#clock.now());
        this.#ended(starting, error);
      },
    });
    this.#generations.add(starting);
    starting.then(
      ({ child }) => {
        this.#restarts.started();
        this.#pid = child.pid;
        this.#binary = { file: child.file, fingerprint: fingerprint(child.file) };
      },
      (error: CarpoolError) => {
        this.#restarts.failed('start', this.#clock.now());
        this.#ended(starting, error);
      },
    );
    return starting;
  }

  #gaveUpError(why: string): CarpoolError {
    const message = `Cannot register a session: pool "${this.name}" starts no more children, because ${why}`;
    return new CarpoolError('POOL_GAVE_UP', message, {
      context: { pool: this.name, failures: this.#restarts.total },
      evidence: this.#lastFailure?.evidence ?? {},
      cause: this.#lastFailure,
    });
  }

  #ended(generation: Promise<Generation>, error: CarpoolError | undefined): void {
    this.#generations.delete(generation);
    this.#lastFailure = error ?? this.#lastFailure;
    if (this.#current === generation) {
      this.#current = undefined;
      this.#pid = undefined;
      this.#admission.renew();
    }
  }

  /** The slot follows the conversation: free when the child confirms, else not used again. */
  #followRelease(conversation: Conversation, slot: Slot, tenancy: Tenancy): void {
    void conversation.released.then(({ confirmed }) => this.#free(slot, tenancy, confirmed));
  }

  #free(slot: Slot, tenancy: Tenancy, confirmed: boolean): void {
    this.#tenancies.delete(tenancy);
    if (confirmed) this.#admission.release(slot);
    else this.#admission.quarantine(slot);
    if (this.#admission.quarantined >= this.settings.maxQuarantined) this.#retire();
    if (this.#tenancies.size === 0) this.#becomeIdle();
  }

  /** No new sessions for this child: it is stopped when its last one ends, and the next `register` starts another. */
  #retire(): void {
    const retired = this.#current;
    if (retired === undefined) return;
    this.#current = undefined;
    this.#pid = undefined;
    this.#admission.renew();
    void retired.then((generation) => generation.drained().then(() => generation.stop())).catch(() => {});
  }

  #becomeIdle(): void {
    this.#idle?.cancel();
    const { idleTimeout } = this.settings;
    if (!Number.isFinite(idleTimeout) || this.#current === undefined) return;
    this.#idle = this.#clock.after(idleTimeout, () => {
      if (this.#tenancies.size === 0) this.#retire();
    });
    this.#idle.unref();
  }

  async #shutDown(): Promise<void> {
    this.#idle?.cancel();
    const reason: CloseReason = { by: 'pool', at: this.#clock.now(), words: 'because its pool was closed' };
    const closing = [...this.#tenancies].map((tenancy) => tenancy.conversation?.close(reason, this.settings.closeTimeout));
    await Promise.all(closing);
    const generations = await Promise.allSettled(this.#generations);
    const stops = generations.map((settled) => (settled.status === 'fulfilled' ? settled.value.stop() : undefined));
    await Promise.all(stops);
    this.#admission.renew(); // those still queued are granted a slot, and find the pool closed
  }
}

/** Starts a pool in this process. The child starts with the first `register`. */
export function startPool<M extends Messages = AnyMessages>(
  options: PoolOptions<M> & { readonly name?: string },
  surroundings?: PoolSurroundings,
): Pool<M> {
  return new Pool<M>(poolSettings(options.name ?? 'pool', options), surroundings);
}
