/** A client as adapters hold it, and what its calls take. */
import type { CancelSignal } from '../base/cancellation.ts';
import type { CallSite, CarpoolError } from '../base/errors.ts';
import type { OpenCalls } from '../base/open-calls.ts';
import type { PoolStats, RegisterOptions } from '../pool/types.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { Session } from '../session/types.ts';
import type { TriedHost } from '../wire/elsewhere.ts';
import type { RunInfo } from '../wire/machine-messages.ts';
import type { PoolsResult } from '../wire/messages.ts';
import type { ObservedBody } from '../wire/observe.ts';
import type { OwnerPath } from '../wire/owner-path.ts';

/** How to connect to a host. */
export interface ClientOptions {
  /** As the adapter's global setup got it from the host. */
  readonly address: string;
  /** "ci-2 (10.0.0.6:7000)": another machine than that of the run's own host, which errors of what is there name. */
  readonly machine?: string | undefined;
  /** The runner, for messages: "vitest", "jest", "playwright". */
  readonly runner: string;
  /** The host is known to have run: if nothing listens now, it has ended. Default false. */
  readonly known?: boolean | undefined;
  /** Milliseconds to connect and be greeted. Default 10,000. */
  readonly timeout?: number | undefined;
  /** The run of this process, where the host serves others. */
  readonly run?: RunInfo | undefined;
  /** With `run`: this process's run is on that host, too, and ends with it. */
  readonly hosted?: boolean | undefined;
  /** The log of the host, where that is the host of this machine, for errors. */
  readonly log?: string | undefined;
  /** One of another machine, to which the host of the run has sent a session: the run goes on without it. Default false. */
  readonly elsewhere?: boolean | undefined;
  /** It only looks: the host does not stay for it. */
  readonly observer?: boolean | undefined;
  /** Takes what the pools of the run print, in its main process. */
  readonly printed?: ((text: string) => void) | undefined;
  /** With `observer`: takes messages of sessions, after an `observe`. */
  readonly observed?: ((observed: ObservedBody) => void) | undefined;
  /** How soon a host that does not answer is given up: milliseconds of a turn, and turns after the ping. Default 2,000 and 4. */
  readonly heartbeat?: { readonly interval: number; readonly limit: number } | undefined;
}

/** What adapters add to the options of users. */
export interface ClientRegisterOptions extends Omit<RegisterOptions, 'signal'> {
  /** Gives up waiting; `register` rejects with its reason. Every `AbortSignal` is one. */
  readonly signal?: CancelSignal | undefined;
  /** Where errors of this call, and those of others that name it as a holder, point. Default: the caller. */
  readonly site?: CallSite | undefined;
  /** Milliseconds that a wait which begins now may take, so that it ends before the test does. Asked at each call that waits. */
  readonly timeLeft?: (() => number) | undefined;
  /** The owner whose end ends the session: `[file]` or `[file, test]`. Default: the worker. */
  readonly under?: OwnerPath | undefined;
}

/** What a client adds for itself. */
export interface InternalRegisterOptions extends ClientRegisterOptions {
  /** The calls of the test that it may have forgotten to await. */
  readonly calls?: OpenCalls | undefined;
  /** Takes a sentence about its wait for a slot, if that was long. */
  readonly waited?: ((told: string) => void) | undefined;
  /** Hosts of other machines to which it was sent so far. Default: none. */
  readonly tried?: readonly TriedHost[] | undefined;
  /** Milliseconds since the user called. Default 0. */
  readonly spent?: number | undefined;
  /** It is registered on this host, which sends it to no other one. Default false. */
  readonly stays?: boolean | undefined;
}

/**
 * The connection of a test process to its host. All it has registered ends with it. Every call fails with HUB_LOST once
 * the connection has ended.
 */
export interface Client {
  /** Resolves when the connection has ended, with the reason unless `close` was it. */
  readonly closed: Promise<CarpoolError | undefined>;
  /** The connection has ended. */
  readonly over: boolean;

  /** The names of the pools. @throws CarpoolError CONFIG_INVALID */
  pools(): Promise<readonly string[]>;

  /** The names of the pools and of the shared workers. @throws CarpoolError CONFIG_INVALID */
  names(): Promise<PoolsResult>;

  /**
   * Takes a slot of a pool and opens a session.
   * @throws CarpoolError as `Pool.register`, CONFIG_INVALID if there is no such pool, and HUB_LOST
   */
  register<M extends Messages = AnyMessages>(pool: string, options?: ClientRegisterOptions): Promise<Session<M>>;

  /**
   * Ends an owner: all it holds is released, newest first. At most 30 seconds.
   * @param failed it is a test that has failed: its children may be blocked, and get no sessions until they answer
   * @returns how many sessions the child did not confirm
   * @throws CarpoolError SESSION_DIAGNOSTICS when all is released, for pools with `diagnostics: 'fail'`
   */
  release(owner: OwnerPath, failed?: boolean): Promise<number>;

  /**
   * As `release`, without an answer, for the end of a test: the next one need not wait. What the owner held is over for
   * this process at once; the host frees a slot when the child has confirmed, and `release` of the file waits for that.
   * @param failed as for `release`
   * @returns where the owner had a session of a pool with `diagnostics: 'fail'`: the same as `release`, without the number
   */
  end(owner: OwnerPath, failed?: boolean): Promise<void> | undefined;

  /**
   * Starts the child of a pool, if it is not there, and waits for its hello, so that its first session need not.
   * @throws CarpoolError as `Pool.start`, and CONFIG_INVALID, HUB_LOST
   */
  start(pool: string): Promise<void>;

  /** Tells the host that a new run begins on it: pools that gave up try again. */
  runStarted(): Promise<void>;

  /** Tells the host that a run has ended. */
  runEnded(): Promise<void>;

  /** What the pools have done so far. */
  stats(): Promise<readonly PoolStats[]>;

  /** Disconnects; the host releases what this process still holds. */
  close(): void;
}
