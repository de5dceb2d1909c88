/**
 * A worker's connections to the hosts of other machines that have sessions of its tests, because the host of its run has
 * sent it there: one for each, kept. The same owners end what is held there. Loaded by the first that is sent.
 */
import { Cancellation, eitherOf, type CancelSignal } from '../base/cancellation.ts';
import { systemClock } from '../base/clock.ts';
import { isCarpoolError, type CarpoolError } from '../base/errors.ts';
import type { ErrorCode } from '../base/error-kinds.ts';
import { noop } from '../base/noop.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { UserSession } from '../session/session.ts';
import type { Destination } from '../wire/elsewhere.ts';
import { isUnder, type OwnerPath } from '../wire/owner-path.ts';
import type { InternalRegisterOptions, ClientOptions } from './types.ts';

/** As much of a client as is needed here. */
interface OtherClient {
  readonly over: boolean;
  readonly closed: Promise<CarpoolError | undefined>;
  register<M extends Messages = AnyMessages>(pool: string, options: InternalRegisterOptions): Promise<UserSession<M>>;
  release(owner: OwnerPath, failed?: boolean): Promise<number>;
  end(owner: OwnerPath, failed?: boolean): Promise<void> | undefined;
  reports(owner: OwnerPath): boolean;
  close(reason?: CarpoolError): void;
}

export interface OtherHostsOptions<C> {
  readonly runner: string;
  readonly connect: (options: ClientOptions) => Promise<C>;
}

/** A registration that is to go to another host. */
export interface SentElsewhere {
  readonly options: InternalRegisterOptions;
  /** When the call began. */
  readonly since: number;
  readonly to: Destination;
}

interface Other<C> {
  readonly connecting: Promise<C>;
  client?: C;
  /** Whose sessions it has, or had: paths. */
  readonly owners: Set<OwnerPath>;
}

/** Milliseconds. A host that takes no connection in this time is left to others. */
const connectTimeout = 3_000;

/** Milliseconds between two looks at other hosts, while it waits on one. */
const lookInterval = 1_000;

/** What a host fails with that is gone, cannot start its child, or has no place: another one may have what is wanted. */
const movesOn: ReadonlySet<ErrorCode> = new Set([
  'HUB_UNREACHABLE',
  'HUB_REJECTED',
  'HUB_LOST',
  'POOL_FULL',
  'POOL_CLOSED',
  'POOL_GAVE_UP',
  'CHILD_NOT_STARTED',
  'CHILD_NO_HELLO',
  'CHILD_NOT_READY',
  'CHILD_VERSION',
  'CONFIG_INVALID',
]);

export class OtherHosts<C extends OtherClient> {
  readonly #options: OtherHostsOptions<C>;
  readonly #others = new Map<string, Other<C>>();
  #closed: { readonly reason: CarpoolError | undefined } | undefined;

  constructor(options: OtherHostsOptions<C>) {
    this.#options = options;
  }

  /**
   * Registers there. Where that host is gone, or cannot, the host of the run is asked again.
   * @param again asks that one, which need not go there
   */
  async register<M extends Messages>(
    pool: string,
    { options, since, to }: SentElsewhere,
    again: (options: InternalRegisterOptions) => Promise<UserSession<M>>,
  ): Promise<UserSession<M>> {
    const { signal, timeout, timeLeft, tried = [] } = options;
    const left = (): { readonly timeout?: number } =>
      timeout === undefined ? {} : { timeout: Math.max(timeout - (systemClock.now() - since), 1) };
    try {
      const client = await this.#connected(to, options);
      if (signal?.aborted === true) throw signal.reason;
      const moving = { ...options, wait: false, tried: [...tried, to.host] };
      return await this.#waitThere(
        (stop) => client.register<M>(pool, { ...options, ...left(), signal: stop }),
        { signal, wait: options.wait ?? true },
        () => again({ ...moving, ...left() }),
      );
    } catch (thrown) {
      if (signal?.aborted === true) throw signal.reason;
      if (!isCarpoolError(thrown) || !movesOn.has(thrown.code) || (timeLeft?.() ?? 1) <= 0) throw thrown;
      if (this.#closed !== undefined) throw thrown;
      return await again({ ...options, ...left(), tried: [...tried, to.host] });
    }
  }

  /**
   * Waits there for a slot, and looks from time to time whether another host has one.
   * @param register there @param look fails where no other has one
   */
  async #waitThere<M extends Messages>(
    register: (stop: CancelSignal | undefined) => Promise<UserSession<M>>,
    { signal, wait }: { readonly signal: CancelSignal | undefined; readonly wait: boolean },
    look: () => Promise<UserSession<M>>,
  ): Promise<UserSession<M>> {
    if (!wait) return await register(signal);
    const moved = new Cancellation();
    const either = signal === undefined ? { signal: moved, stop: noop } : eitherOf(signal, moved);
    const registering = register(either.signal);
    let over = false;
    const ended = (): void => void (over = true);
    registering.then(ended, ended);
    try {
      for (;;) {
        const due = Promise.withResolvers<undefined>();
        const timer = systemClock.after(lookInterval, () => due.resolve(undefined));
        const first = await Promise.race([registering, due.promise]).finally(() => timer.cancel());
        if (first !== undefined) return first;
        const other = await look().catch(noop);
        if (other === undefined) continue;
        if (over) {
          await other.unregister();
          return await registering;
        }
        moved.abort(() => new Error('another host has a slot'));
        registering.catch(noop);
        return other;
      }
    } finally {
      either.stop();
    }
  }

  /** As `Client.release`. What was lost with its host is gone, and was told to the tests. */
  async release(owner: OwnerPath, failed: boolean): Promise<number> {
    const releases = this.#with(owner).map(async (client) => {
      try {
        return await client.release(owner, failed);
      } catch (thrown) {
        if (client.over) return 0;
        throw thrown;
      }
    });
    const unconfirmed = await Promise.all(releases);
    return unconfirmed.reduce((sum, one) => sum + one, 0);
  }

  /** As `HostClient.reports`. */
  reports(owner: OwnerPath): boolean {
    return [...this.#others.values()].some(({ client }) => client?.reports(owner) === true);
  }

  /** As `Client.end`. */
  end(owner: OwnerPath, failed: boolean): Promise<void> | undefined {
    const ends = this.#with(owner).flatMap((client) => client.end(owner, failed) ?? []);
    return ends.length === 0 ? undefined : Promise.all(ends).then(noop);
  }

  /** @param reason why the connection to the run's host has ended; absent: this process has ended it */
  close(reason: CarpoolError | undefined): void {
    this.#closed = { reason };
    for (const { client } of this.#others.values()) client?.close(reason);
  }

  /** Those that have something of an owner that ends. */
  #with(owner: OwnerPath): C[] {
    return [...this.#others.values()].flatMap(({ client, owners }) => {
      const own = [...owners].filter((under) => isUnder(under, owner));
      for (const under of own) owners.delete(under);
      return own.length > 0 && client?.over === false ? [client] : [];
    });
  }

  async #connected({ host, address }: Destination, { under = [], timeLeft }: InternalRegisterOptions): Promise<C> {
    const other = this.#others.get(host) ?? this.#connect(host, address, timeLeft?.());
    const client = await other.connecting;
    // Its owner may have ended meanwhile: then the caller's signal says so.
    if (under.length > 0 && ![...other.owners].some((known) => isSame(known, under))) other.owners.add(under);
    return client;
  }

  #connect(host: string, address: string, left = Infinity): Other<C> {
    const { runner, connect } = this.#options;
    const connecting = connect({ runner, address, timeout: Math.max(Math.min(connectTimeout, left), 1) });
    const other: Other<C> = { connecting, owners: new Set() };
    this.#others.set(host, other);
    const forget = (): void => {
      if (this.#others.get(host) === other) this.#others.delete(host);
    };
    connecting.then((client) => {
      other.client = client;
      void client.closed.then(forget);
      if (this.#closed !== undefined) client.close(this.#closed.reason);
    }, forget);
    return other;
  }
}

function isSame(one: OwnerPath, other: OwnerPath): boolean {
  return isUnder(one, other) && isUnder(other, one);
}
