/** A pool as its user holds it, and what its calls take and give. */
import type { HolderLabel } from '../base/holder-label.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { ReplayStats } from '../replay/replay-book.ts';
import type { Session } from '../session/types.ts';

/** What `register` takes, in process and through a host. */
export interface RegisterOptions<Params = unknown> {
  /**
   * A key that may hold one session of the pool at a time; a second one fails with ALREADY_REGISTERED. In tests it is a
   * key of their file, so that the same one in two files does not collide; "test" stands for the test that runs.
   */
  readonly owner?: string;
  /** False: fail with POOL_FULL instead of waiting for a slot. Default true. */
  readonly wait?: boolean;
  /**
   * Milliseconds for the whole call: the wait for a slot (POOL_QUEUE_TIMEOUT), the start of the child and its `open`
   * (REQUEST_TIMEOUT). In a test the call ends a little before that does, if this is sooner. Default: `registerTimeout` of
   * the pool, 60,000, for the slot; `helloTimeout` or `readyTimeout`, and `openTimeout`, for the rest.
   */
  readonly timeout?: number;
  /** Gives up waiting; `register` rejects with its reason. */
  readonly signal?: AbortSignal;
  /** The test and file to name as the holder in the errors of others. */
  readonly holder?: HolderLabel;
  /** Handed to the protocol's `open` as `port.params`. Plain data, which structured clone carries whole: a host may be between. */
  readonly params?: Params | undefined;
}

/** Waits for slots: one of each call, also of those that gave up, and of those whose session was open already. */
export interface SlotWaitStats {
  /** Calls that waited a millisecond or more. */
  readonly count: number;
  /** Those of them that waited for a child, because all pools of the host may have no more. */
  readonly capped: number;
  /** Milliseconds that they have waited, together. */
  readonly total: number;
  /** Milliseconds that half of all calls waited at most; to 1 %, as `p95`. */
  readonly p50: number;
  /** Of 95 in 100. */
  readonly p95: number;
  /** The one that waited longest, by test and place. Absent: none waited. */
  readonly longestOf?: string | undefined;
}

/** What a pool has done so far. */
export interface PoolStats {
  readonly name: string;
  readonly maxSessions: number;
  /** Sessions that one child can hold, where the config says so: `maxSessions` is a multiple of it then. Absent: it does not. */
  readonly sessionsPerChild?: number | undefined;
  /** Sessions that hold a slot now. */
  readonly open: number;
  /** `register` calls that wait for a slot now. */
  readonly queued: number;
  /** Sessions that are kept open for the next `register` calls, or are being opened for them. Not among `open`. */
  readonly warm: number;
  /** Slots that the present children have lost, because they did not confirm the end of a session. */
  readonly quarantined: number;
  /** Children that run now, from their hello to the end of their output, also those that finish their last sessions. */
  readonly running: number;
  /** The process ids of those. */
  readonly pids: readonly number[];
  /** Children started since the beginning. */
  readonly children: number;
  /** Sessions opened since the beginning. */
  readonly sessions: number;
  /** It is answered from recordings, and no child was started: from which, and what of them no test has asked for. */
  readonly replayed?: ReplayStats | undefined;
  /** In a summary: those of them that were opened on hosts of other machines, which are not among `sessions`. Absent: none can be. */
  readonly elsewhere?: number | undefined;
  /** In a summary: hosts of other machines that offered a pool of this name, where sessions were wanted on them: `same` have the same pool, of all. */
  readonly others?: { readonly same: number; readonly of: number } | undefined;
  /** The most slots held at once. A session that still closes holds its slot, as a warm one does. In a summary, of the run. */
  readonly peak: number;
  /** The longest wait for a slot, in milliseconds. */
  readonly longestWait: number;
  /** Absent from a host of an earlier version, as the next three. */
  readonly waits?: SlotWaitStats | undefined;
  /** Test files whose tests had sessions. In a summary, of the run. */
  readonly files?: number | undefined;
  /** Children that were started in the place of an earlier one. */
  readonly restarts?: number | undefined;
  /**
   * Milliseconds from the start of a child until it could serve, the median of all since the beginning. Absent: none could, or
   * it is not known, as children of a protocol without `hello` do not say when they can.
   */
  readonly startTime?: number | undefined;
  /** What children sent and no session and no request took: unknown addresses, replies to nothing, lines that are no messages. */
  readonly strays: number;
  /** The last few of those, a line each, with the reason. */
  readonly lastStrays: readonly string[];
  /** Sessions whose end the child did not confirm, since the beginning. */
  readonly unconfirmed: number;
  /** The first of those, whose it was and why. */
  readonly firstUnconfirmed?: string | undefined;
  /**
   * Sessions with which the child, or `close` of a server, found fault, since the beginning. With `diagnostics: 'fail'` of
   * the pool their tests fail, and with `'event'` that is theirs alone: then it is 0.
   */
  readonly diagnosed: number;
  /** The first ten of those, a line each: whose it was, where it was registered as far as that is known, and the fault. */
  readonly firstDiagnosed: readonly string[];
  /**
   * Children whose memory grew by far more, in each session, than that of the others, a line each. Only where there are
   * several, on Linux, and without what they have started.
   */
  readonly grown?: readonly string[] | undefined;
  /** Children that failed. */
  readonly failures: number;
  /** How the last of those failed, with the end of its stderr. */
  readonly lastFailure?: string | undefined;
}

/**
 * Many sessions on one child, or on a few. Made by `createPool`; the caller closes it.
 * @example
 * await using pool = createPool({ command: 'solver', maxSessions: 4 });
 * await using session = await pool.register();
 */
export interface Pool<M extends Messages = AnyMessages> extends AsyncDisposable {
  readonly name: string;

  /**
   * Takes a slot and opens a session on its child, starting the child if it is not there. Waits for a slot in the order
   * of the calls.
   * @throws CarpoolError POOL_FULL, POOL_QUEUE_TIMEOUT, ALREADY_REGISTERED, POOL_CLOSED, POOL_GAVE_UP, CHILD_*,
   * SESSION_FAILED; the reason of `signal`
   */
  register(options?: RegisterOptions<M['params']>): Promise<Session<M>>;

  /**
   * Starts a child, if none is there, and resolves with its hello. Takes no slot.
   * @throws CarpoolError POOL_CLOSED, POOL_GAVE_UP, CHILD_*
   */
  start(): Promise<void>;

  /** The state of the pool now, and what it has done. */
  stats(): PoolStats;

  /**
   * Ends all sessions, stops the children, takes no more. A second call joins the first.
   * @throws CarpoolError CHILD_UNKILLABLE
   */
  close(): Promise<void>;

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void>;
}
