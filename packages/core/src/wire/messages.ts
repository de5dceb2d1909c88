/** What the JSON bodies of CALL and RESULT hold: one pair a method. Those of the other frames are in `frame-bodies.ts`. */
import type { LockDeclarations } from './lease-types.ts';
import type { ErrorRecord, Evidence } from '../base/errors.ts';
import type { PoolStats } from '../pool/types.ts';
import type { HolderLabel } from '../base/holder-label.ts';
import type { WireId } from '../protocol/protocol.ts';
import type { OwnerPath } from './owner-path.ts';

export interface GreetRequest {
  readonly method: 'greet';
  readonly token: string;
  readonly wire: number;
  /** The version of the package; for messages only. */
  readonly version: string;
  /** "vitest", "jest", "playwright", … */
  readonly runner: string;
  readonly pid: number;
}
export interface GreetResult {
  /** The number of this worker, part of the ids of its sessions. */
  readonly peer: number;
  readonly version: string;
}

export interface RegisterRequest {
  readonly method: 'register';
  /** The worker's number for the new session, not used before on this connection. */
  readonly session: number;
  readonly pool: string;
  readonly owner?: string | undefined;
  readonly wait?: boolean | undefined;
  readonly timeout?: number | undefined;
  readonly holder?: HolderLabel | undefined;
  readonly under?: OwnerPath | undefined;
  /** The stack of the caller, for the errors of others. */
  readonly stack: string;
  readonly params?: unknown;
  /** In place of `params`, where JSON would lose something of them: what V8 serialised, as base64. */
  readonly clonedParams?: string | undefined;
}
export interface RegisterResult {
  /** The format of the bodies of this session: "msgpack", "json" or "structured-clone"; "none": it carries none. */
  readonly format: string;
  readonly hello: unknown;
  /** What the protocol's `open` found out. */
  readonly opened?: unknown;
  /** In place of `opened`, where JSON would lose something of it: what V8 serialised, as base64. */
  readonly clonedOpened?: string | undefined;
  /** The id of the session, for errors. */
  readonly id: string;
  /** The field of a message that names its session, where the protocol has one: the worker must name no other there. */
  readonly sessionField?: string | undefined;
  /** The ids of the child that are this session's; ADOPTED brings those that come later. */
  readonly wireIds: readonly WireId[];
  /** The field of a request in which the worker may put an id of its own, where the protocol has one. */
  readonly idField?: string | undefined;
  /** The child can be refused an answer: REFUSE. */
  readonly refuses?: true | undefined;
  readonly requestTimeout: number;
  readonly closeTimeout: number;
  readonly maxUnreadEvents: number;
  readonly maxFrameBytes: number;
  /** The worker ends the owner by `release`, not by END: what the child found wrong is in the answer. */
  readonly diagnostics?: 'fail' | undefined;
}

/** From a process that has greeted with the token of a session. */
export interface JoinRequest {
  readonly method: 'join';
  /** Its number for the session. */
  readonly session: number;
  /** For messages only. */
  readonly pid: number;
}
export interface JoinResult extends RegisterResult {
  /** The name of its pool. */
  readonly pool: string;
}

export interface AddressRequest {
  readonly method: 'address';
  readonly session: number;
}
export interface AddressResult {
  /** One process may greet with it, and then join the session. */
  readonly token: string;
}

export interface UnregisterRequest {
  readonly method: 'unregister';
  readonly session: number;
}

export interface ReleaseRequest {
  readonly method: 'release';
  readonly owner: OwnerPath;
}
export interface ReleaseResult {
  /** Sessions whose end the child did not confirm. */
  readonly unconfirmed: number;
}

export interface EvidenceRequest {
  readonly method: 'evidence';
  readonly session: number;
}

export interface StartRequest {
  readonly method: 'start';
  readonly pool: string;
  /** Ask the child for a sign of life, too. */
  readonly probe?: boolean;
}

/** With `probe`. */
export interface StartResult {
  /** The child has answered the `probe` of its protocol; without one, it has sent anything at all. */
  readonly answers?: boolean;
  /** Its protocol has a `probe`. */
  readonly asked?: boolean;
}

export interface RunStartedRequest {
  readonly method: 'runStarted';
}

/** Answered at once, unless the host is stopped or its event loop is blocked. */
export interface PingRequest {
  readonly method: 'ping';
}

export interface PoolsRequest {
  readonly method: 'pools';
}
/** What a host can give to tests, by name. */
export interface PoolsResult {
  readonly pools: readonly string[];
  /** Names of shared workers. */
  readonly sharedWorkers: readonly string[];
  readonly locks: LockDeclarations;
}

export interface StatsRequest {
  readonly method: 'stats';
}
export interface StatsResult {
  readonly pools: readonly PoolStats[];
}

export interface RunEndedRequest {
  readonly method: 'runEnded';
}

/** Either `filename`, compared as it is, or a `name` of the config. */
export interface SharedWorkerRequest {
  readonly method: 'sharedWorker';
  readonly filename?: string | undefined;
  readonly name?: string | undefined;
  /** What V8 serialised, as base64. Only the first registration's `initialData` is used. */
  readonly initialData?: string | undefined;
}
export interface SharedWorkerResult {
  /** The path of the socket on which the shared worker listens. */
  readonly path: string;
  /** For messages only. */
  readonly file: string;
  /** Milliseconds in which it must be ready; after that the host ends it. */
  readonly readyTimeout: number;
}

export interface SharedWorkerStateRequest {
  readonly method: 'sharedWorkerState';
  readonly path: string;
  /** Its socket has closed: the host waits until it knows why. */
  readonly ended?: boolean | undefined;
}
export interface SharedWorkerStateResult extends Pick<Evidence, 'stderr' | 'stdout'> {
  /** Why it is gone. */
  readonly error?: ErrorRecord | undefined;
}

/** What all requests for a lease have in common. */
interface LeaseRequest {
  /** The worker's number for the lease, not used before on this connection; RELEASE names it. */
  readonly lease: number;
  readonly under?: OwnerPath | undefined;
  /** The test that cannot go on meanwhile, where it is not the owner. */
  readonly flow?: OwnerPath | undefined;
  readonly holder?: HolderLabel | undefined;
  /** `file:line:column` of the call, for the errors of others. */
  readonly at?: string | undefined;
  /** The worker's numbers of leases that the call chain holds: it releases none of them while it waits. */
  readonly chain?: readonly number[] | undefined;
  /**
   * The lease is released at the end of its owner, as far as is known: tests inside of the owner do not release it while
   * they wait, nor does, with `itself`, the owner itself.
   */
  readonly lasts?: 'inside' | 'itself' | undefined;
}

/** What a lease has cost that was not free. */
export interface WaitedFor {
  /** Milliseconds. */
  readonly waited: number;
  /** What it is, for the evidence of a failed test: "lock "printer"". */
  readonly what: string;
  /** What had it before, in this order. At most 8 are named. */
  readonly behind: readonly (HolderLabel & { readonly takenAt?: string | undefined })[];
}
/** Absent: it was free. */
export type AcquireResult = Partial<WaitedFor>;

export interface AcquireRequest extends LeaseRequest {
  readonly method: 'acquire';
  readonly name: string;
  readonly kind: 'lock' | 'rwlock' | 'semaphore';
  readonly size: number;
  readonly weight: number;
  readonly wait?: boolean | undefined;
  readonly timeout?: number | undefined;
  /** Whose `timeout` it is, for errors. Default: that of the call. */
  readonly limit?: 'test' | 'config' | undefined;
  readonly detectDeadlock?: boolean | undefined;
}

export interface ReserveRequest extends LeaseRequest {
  readonly method: 'reserve';
  readonly space: string;
  readonly values: readonly string[];
}
export interface ReserveResult {
  /** The places in `values` of those that were free. If there are none, there is no lease. */
  readonly places: readonly number[];
}

export interface OnceRequest extends LeaseRequest {
  readonly method: 'once';
  readonly key: string;
  /** The `file:` URL of the module that cleans up after the value, if this worker computes it. */
  readonly cleanup?: string | undefined;
  /** The file of an earlier answer, which is not there any more. */
  readonly lost?: string | undefined;
  readonly timeout?: number | undefined;
  readonly detectDeadlock?: boolean | undefined;
}
/** Without `value` and `file` the worker computes it, and calls `settle`; then it also says what the wait has cost. */
export interface OnceResult extends AcquireResult {
  readonly value?: string | undefined;
  /** The path of the file that holds the value. */
  readonly file?: string | undefined;
  /** Where the computing worker may write a value that is too large for a message. */
  readonly store?: string | undefined;
}

export interface SettleRequest {
  readonly method: 'settle';
  readonly lease: number;
  /** One of the three. */
  readonly value?: string | undefined;
  /** The value is in the file that `once` has named. */
  readonly stored?: boolean | undefined;
  readonly failure?: ErrorRecord | undefined;
}

export interface MethodTable {
  readonly greet: { readonly request: GreetRequest; readonly result: GreetResult };
  readonly register: { readonly request: RegisterRequest; readonly result: RegisterResult };
  readonly address: { readonly request: AddressRequest; readonly result: AddressResult };
  readonly join: { readonly request: JoinRequest; readonly result: JoinResult };
  readonly unregister: { readonly request: UnregisterRequest; readonly result: Record<string, never> };
  readonly release: { readonly request: ReleaseRequest; readonly result: ReleaseResult };
  readonly evidence: { readonly request: EvidenceRequest; readonly result: Evidence };
  readonly start: { readonly request: StartRequest; readonly result: StartResult };
  readonly runStarted: { readonly request: RunStartedRequest; readonly result: Record<string, never> };
  readonly runEnded: { readonly request: RunEndedRequest; readonly result: Record<string, never> };
  readonly sharedWorker: { readonly request: SharedWorkerRequest; readonly result: SharedWorkerResult };
  readonly sharedWorkerState: { readonly request: SharedWorkerStateRequest; readonly result: SharedWorkerStateResult };
  readonly ping: { readonly request: PingRequest; readonly result: Record<string, never> };
  readonly pools: { readonly request: PoolsRequest; readonly result: PoolsResult };
  readonly stats: { readonly request: StatsRequest; readonly result: StatsResult };
  readonly acquire: { readonly request: AcquireRequest; readonly result: AcquireResult };
  readonly reserve: { readonly request: ReserveRequest; readonly result: ReserveResult };
  readonly once: { readonly request: OnceRequest; readonly result: OnceResult };
  readonly settle: { readonly request: SettleRequest; readonly result: Record<string, never> };
}

export type CallRequest = MethodTable[keyof MethodTable]['request'];
