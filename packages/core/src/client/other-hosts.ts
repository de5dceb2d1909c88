/**
 * A worker's connections to the hosts of other machines that have sessions of its tests, because the host of its run has
 * sent it there: one for each, kept. The same owners end what is held there. Loaded by the first that is sent.
 */
import { Cancellation, eitherOf, type CancelSignal } from '../base/cancellation.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { CarpoolError, errorAt, fromRecord, isCarpoolError, toRecord } from '../base/errors.ts';
import type { ErrorCode } from '../base/error-kinds.ts';
import { noop } from '../base/noop.ts';
import { isNotStarted } from '../base/not-started.ts';
import { onMachine } from '../base/on-machine.ts';
import { messageOf } from '../base/thrown.ts';
import { within } from '../base/wait.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { UserSession } from '../session/session.ts';
import { remotePlace } from '../wire/address.ts';
import { machineName, triedAnew, type Destination, type TriedHost } from '../wire/elsewhere.ts';
import { describeOwner, isUnder, ownerEndedError, type OwnerPath } from '../wire/owner-path.ts';
import { firstSession } from './first-session.ts';
import { hostError, silenceOf } from './silent-host.ts';
import type { InternalRegisterOptions, ClientOptions } from './types.ts';

/** As much of a client as is needed here. */
export interface OtherClient {
  readonly over: boolean;
  /** Nothing of this process is open there, or on its way. */
  readonly isIdle: boolean;
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
  readonly clock?: Clock | undefined;
  /** A session was opened there. */
  readonly opened?: ((pool: string, host: string) => void) | undefined;
  /** Takes a sentence about what is wrong and fails no call. Default: a warning of the process. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** A registration that is to go to another host. */
export interface SentElsewhere {
  readonly options: InternalRegisterOptions;
  /** When the user called, by the clock. */
  readonly since: number;
  readonly to: Destination;
}

interface Other<C> {
  /** As in `Destination`. */
  readonly host: string;
  /** As of `machineName`. */
  readonly machine: string;
  readonly connecting: Promise<C>;
  client?: C;
  /** Calls that register there now. */
  calls: number;
  /** Whose sessions it has, or had, by `keyOf`. In place of a test that has ended its file, which waits for that end. */
  readonly owners: Map<string, OwnerPath>;
}

/** Milliseconds. A host that takes no connection in this time is left to others. */
const connectTimeout = 3_000;
/** Characters of a failure that the host of the run is told. */
const longestFailure = 2_000;

/** What a host fails with that is gone, or has no place, beside all that the start of a child fails with. */
const passedOn: ReadonlySet<ErrorCode> = new Set([
  'HUB_UNREACHABLE',
  'HUB_REJECTED',
  'HUB_LOST',
  'POOL_FULL',
  'POOL_CLOSED',
  'POOL_GAVE_UP',
  'CONFIG_INVALID',
]);

export class OtherHosts<C extends OtherClient> {
  readonly #options: OtherHostsOptions<C>;
  readonly #clock: Clock;
  /** By their addresses: after an edit on a host the run is opened there anew, and has another one. */
  readonly #others = new Map<string, Other<C>>();
  readonly #closed = new Cancellation();

  constructor(options: OtherHostsOptions<C>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Registers there. Where that host is gone, or cannot, the host of the run is asked again.
   * @param again asks that one, which need not go there
   * @throws CarpoolError as `Client.register`; REQUEST_TIMEOUT if there is no connection when the time of the call is over
   */
  async register<M extends Messages>(
    pool: string,
    call: SentElsewhere,
    again: (options: InternalRegisterOptions) => Promise<UserSession<M>>,
  ): Promise<UserSession<M>> {
    const { options, since, to } = call;
    const { signal, tried = [], wait = true } = options;
    if (this.#closed.aborted) throw this.#overAt(options);
    const asked = (last: TriedHost, more: InternalRegisterOptions = {}): Promise<UserSession<M>> =>
      again({ ...options, ...more, spent: this.#clock.now() - since, tried: triedAnew(tried, last) });
    const other = this.#others.get(to.address) ?? this.#connect(to);
    const { host, machine } = other;
    other.calls++;
    let ofThirdHost: unknown;
    let connected: C | undefined;
    try {
      const client = (connected = await this.#connected(other, pool, call));
      this.#leaveFormer(to);
      const there = async (stop: CancelSignal | undefined): Promise<UserSession<M>> => {
        const spent = this.#clock.now() - since;
        const session = await client.register<M>(pool, { ...options, spent, stays: true, signal: stop });
        this.#options.opened?.(pool, host);
        return session;
      };
      if (!wait) return await there(signal);
      return await firstSession({
        clock: this.#clock,
        signal,
        there,
        elsewhere: (stop) =>
          asked({ host, name: machine }, { wait: false, signal: stop }).catch((thrown: unknown) => {
            if (isCarpoolError(thrown) && movesOn(thrown)) return undefined;
            ofThirdHost = thrown;
            throw thrown;
          }),
        surplus: (session) => void session.unregister().catch((thrown: unknown) => this.#warn(pool, thrown)),
      });
    } catch (thrown) {
      if (signal?.aborted === true) throw signal.reason;
      if (this.#closed.aborted) throw this.#overAt(options);
      if (!isCarpoolError(thrown) || thrown === ofThirdHost) throw thrown;
      // The time of the test is over while an answer is on its way: that the host is lost is found out by its connection.
      const isOwn = silenceOf(thrown) !== undefined && connected?.over === false;
      if (isOwn || !movesOn(thrown)) throw failureOn(machine, thrown, options);
      const failure = { code: thrown.code, message: thrown.message.slice(0, longestFailure) };
      return await asked({ host, name: machine, failure });
    } finally {
      other.calls--;
    }
  }

  /** As `Client.release`. What was lost with its host is gone, and was told to the tests. */
  async release(owner: OwnerPath, failed: boolean): Promise<number> {
    const releases = this.#with(owner).map(async ({ client, machine }) => {
      try {
        return await client.release(owner, failed);
      } catch (thrown) {
        if (client.over) return 0;
        throw named(thrown, machine);
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
    const ends = this.#with(owner).flatMap(({ client, machine }) => {
      const ended = client.end(owner, failed);
      return ended === undefined ? [] : ended.catch((thrown: unknown) => Promise.reject(named(thrown, machine)));
    });
    return ends.length === 0 ? undefined : Promise.all(ends).then(noop);
  }

  /** @param reason why the connection to the run's host has ended; absent: this process has ended it */
  close(reason: CarpoolError | undefined): void {
    this.#closed.abort(() => reason ?? hostError('This process has closed its connection to the host of the run', {}));
    // Those that still connect are closed when they have.
    for (const { connecting } of this.#others.values()) connecting.then((client) => client.close(reason), noop);
  }

  /** Those that have something of an owner that ends. */
  #with(owner: OwnerPath): { readonly client: C; readonly machine: string }[] {
    return [...this.#others.values()].flatMap(({ client, machine, owners }) => {
      const own = [...owners].filter(([, under]) => isUnder(under, owner));
      for (const [key] of own) owners.delete(key);
      const file = owner.slice(0, 1);
      if (own.length > 0 && owner.length > 1) owners.set(keyOf(file), file);
      return own.length > 0 && client?.over === false ? [{ client, machine }] : [];
    });
  }

  /** Each call waits in its own time: how much that is says nothing of the host, which others may wait for. */
  async #connected(other: Other<C>, pool: string, { options, since }: SentElsewhere): Promise<C> {
    const { under = [], signal, timeLeft, timeout = Infinity } = options;
    const key = keyOf(under);
    other.owners.set(key, under);
    const left = timeLeft?.() ?? Infinity;
    const rest = timeout - (this.#clock.now() - since);
    const either = signal === undefined ? { signal: this.#closed, stop: noop } : eitherOf(signal, this.#closed);
    try {
      const client = await within(other.connecting, {
        clock: this.#clock,
        timeout: Math.max(Math.min(left, rest), 1),
        signal: either.signal,
        expired: () => lateError(pool, { waited: this.#clock.now() - since, by: rest < left ? 'call' : 'test' }),
      });
      if (!other.owners.has(key)) throw ownerEndedError('SESSION_CLOSED', 'register a session', describeOwner(under));
      return client;
    } finally {
      either.stop();
    }
  }

  /** In the same time for all, so that one that is in a hurry gives no host up. */
  #connect({ host, name, address }: Destination): Other<C> {
    const { runner, connect } = this.#options;
    const machine = machineName(name, remotePlace(address));
    const connecting = connect({ runner, address, machine, timeout: connectTimeout, elsewhere: true });
    const other: Other<C> = { host, machine, connecting, calls: 0, owners: new Map() };
    this.#others.set(address, other);
    const forget = (): void => void this.#others.delete(address);
    connecting.then((client) => {
      other.client = client;
      void client.closed.then(forget);
    }, forget);
    return other;
  }

  /** To what was opened on that host before an edit there no call is sent any more. */
  #leaveFormer({ host, address }: Destination): void {
    for (const [of, other] of this.#others) {
      const { client, calls, owners } = other;
      if (other.host !== host || of === address || calls > 0 || client?.isIdle !== true) continue;
      // The end of a test or a file may bring what its child found wrong.
      if ([...owners.values()].every(({ length }) => length === 0)) client.close();
    }
  }

  /** Why there are no more sessions for this process. */
  #overAt({ site = { stack: '' } }: InternalRegisterOptions): CarpoolError {
    return errorAt(this.#closed.reason as CarpoolError, site);
  }

  #warn(pool: string, thrown: unknown): void {
    const { warn = emitWarning } = this.#options;
    warn(`Cannot give back a session of "${pool}", of two that came for one call: ${messageOf(thrown)}`);
  }
}

/** Another host may have what is wanted. */
function movesOn(error: CarpoolError): boolean {
  return passedOn.has(error.code) || isNotStarted(error);
}

/** The same failure, with where it was. */
function failureOn(
  machine: string,
  error: CarpoolError,
  { site = { stack: '' } }: InternalRegisterOptions,
): CarpoolError {
  if (error.code !== 'POOL_QUEUE_TIMEOUT') return onMachine(errorAt(error, site), machine);
  // It is sent there to wait only where no host is known to have a slot.
  const more = '. The host of the run had no free slot either: offer the pool on more hosts (`carpool serve --listen`)';
  const { message, ...record } = toRecord(error);
  return onMachine(fromRecord({ ...record, message: message + more }, site, error.cause), machine);
}

interface LateConnection {
  /** Milliseconds. */
  readonly waited: number;
  readonly by: 'call' | 'test';
}

function lateError(pool: string, { waited, by }: LateConnection): CarpoolError {
  const limit = by === 'call' ? '`timeout` of the call' : 'the rest of the time of this test or hook';
  const raise = by === 'call' ? '`timeout`' : 'the time-out of the test or hook';
  const message = `Cannot register a session of "${pool}": there is no connection to the host so far. The call has waited for ${Math.round(waited)} ms, ${limit}. The connection is made for other calls; raise ${raise}`;
  return new CarpoolError('REQUEST_TIMEOUT', message, {
    blame: 'setup',
    context: { pool, limit: by, phase: 'connect' },
  });
}

/** What an end there brings. */
function named(thrown: unknown, machine: string): unknown {
  return isCarpoolError(thrown) ? onMachine(thrown, machine) : thrown;
}

function keyOf(owner: OwnerPath): string {
  return owner.join('\0');
}

function emitWarning(message: string): void {
  process.emitWarning(message, 'CarpoolWarning');
}
