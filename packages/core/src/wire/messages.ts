/** What the JSON bodies of CALL and RESULT hold: one pair a method. Those of the other frames are in `frame-bodies.ts`. */
import type { LeaseMethods } from './lease-messages.ts';
import type { LockDeclarations } from './lease-types.ts';
import type { RegisterElsewhere, TriedHost } from './elsewhere.ts';
import type { Evidence } from '../base/errors.ts';
import type { RedactRules } from '../base/redact.ts';
import type { PoolStats } from '../pool/types.ts';
import type { HolderLabel } from '../base/holder-label.ts';
import type { WireId } from '../protocol/protocol.ts';
import type { WatchedFiles } from '../process/files.ts';
import type { HostSummary } from './control.ts';
import type {
  CloseRunRequest,
  InviteRequest,
  InviteResult,
  OpenRunRequest,
  OpenRunResult,
  RevokeRequest,
  RevokeResult,
  RunInfo,
  RunInfoRequest,
  RunInfoResult,
  SummaryRequest,
} from './machine-messages.ts';
import type { ObserveRequest, ObserveResult } from './observe.ts';
import type { OwnerPath } from './owner-path.ts';
import type {
  SharedWorkerRequest,
  SharedWorkerResult,
  SharedWorkerStateRequest,
  SharedWorkerStateResult,
} from './shared-worker-calls.ts';
import type { StatusRequest, StatusResult, StopRequest } from './status.ts';

export interface GreetRequest {
  readonly method: 'greet';
  readonly token: string;
  readonly wire: number;
  /** The version of the package; for messages only. */
  readonly version: string;
  /** "vitest", "jest", "playwright", … */
  readonly runner: string;
  readonly pid: number;
  /** Of a process that is part of no run of this host: for the errors of others, and for turns. */
  readonly run?: RunInfo | undefined;
  /** "2/4": which shard of the run it is in, for the errors of others. */
  readonly shard?: string | undefined;
  /** It only looks: the host is not in use because of it. */
  readonly observer?: boolean | undefined;
  /** From another machine: the path of the shared worker to which the host passes on all of this connection. */
  readonly sharedWorker?: string | undefined;
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
  /** That of the call, where it has one. */
  readonly timeout?: number | undefined;
  /** Milliseconds that the test or hook which makes the call had left when it did, where it ends. */
  readonly timeLeft?: number | undefined;
  readonly holder?: HolderLabel | undefined;
  readonly under?: OwnerPath | undefined;
  /** The stack of the caller, for the errors of others. */
  readonly stack: string;
  readonly params?: unknown;
  /** In place of `params`, where JSON would lose something of them: what V8 serialised, as base64. */
  readonly clonedParams?: string | undefined;
  /** The worker can register on the host of another machine: those to which it was sent so far. */
  readonly tried?: readonly TriedHost[] | undefined;
  /** Milliseconds of `timeout` and `timeLeft` that passed before this request, on other hosts. Default 0. */
  readonly spent?: number | undefined;
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
  /** What a request is called in errors: paths in it. */
  readonly labelFields?: readonly string[] | undefined;
  /** The child can be refused an answer: REFUSE. */
  readonly refuses?: true | undefined;
  readonly requestTimeout: number;
  readonly closeTimeout: number;
  readonly maxUnreadEvents: number;
  readonly maxFrameBytes: number;
  /** The worker ends the owner by `release`, not by END: what the child found wrong is in the answer. */
  readonly diagnostics?: 'fail' | undefined;
  /** What becomes of what the test leaves behind. Absent: the host is told, by `leaked`. */
  readonly leaks?: 'fail' | false | undefined;
  /** Where it has waited long for its slot: a sentence about that, for the evidence of a failed test. */
  readonly slotWait?: string | undefined;
}

/** A session was opened on the host of another machine, to which this one has sent the registration. */
export interface OpenedElsewhereRequest {
  readonly method: 'openedElsewhere';
  readonly pool: string;
  /** As in `Destination`. */
  readonly host: string;
}

/** What tests have left behind in sessions, for the summary of the run. */
export interface LeakedRequest {
  readonly method: 'leaked';
  /** A line each: the test, the place, and what it is. */
  readonly found: readonly string[];
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
  /** It is a test that has failed. */
  readonly failed?: boolean | undefined;
}
export interface ReleaseResult {
  /** Sessions whose end the child did not confirm. */
  readonly unconfirmed: number;
}

export interface EvidenceRequest {
  readonly method: 'evidence';
  readonly session: number;
  /** Its test has failed: whether its server still answers is found out first. */
  readonly failed?: boolean | undefined;
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
  /** What its config does not let be shown. */
  readonly redact?: RedactRules | undefined;
  /** It is the host of a machine: runs are opened on it. */
  readonly machine?: { readonly pid: number } | undefined;
}

/** A test fails because the config cannot be used. */
export interface ProblemShownRequest {
  readonly method: 'problemShown';
}
export interface ProblemShownResult {
  /** Another test of this run has said so: it need not be said in full again. */
  readonly before: boolean;
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
/** Absent where other runners may use the same pools. */
export type RunEndedResult = Partial<WatchedFiles>;

export type {
  SharedWorkerRequest,
  SharedWorkerResult,
  SharedWorkerStateRequest,
  SharedWorkerStateResult,
} from './shared-worker-calls.ts';

export type {
  WaitedFor,
  AcquireResult,
  AcquireRequest,
  ReserveRequest,
  ReserveResult,
  OnceRequest,
  OnceResult,
  SettleRequest,
} from './lease-messages.ts';

export interface MethodTable extends LeaseMethods {
  readonly greet: { readonly request: GreetRequest; readonly result: GreetResult };
  readonly register: { readonly request: RegisterRequest; readonly result: RegisterResult | RegisterElsewhere };
  readonly openedElsewhere: { readonly request: OpenedElsewhereRequest; readonly result: Record<string, never> };
  readonly leaked: { readonly request: LeakedRequest; readonly result: Record<string, never> };
  readonly address: { readonly request: AddressRequest; readonly result: AddressResult };
  readonly join: { readonly request: JoinRequest; readonly result: JoinResult };
  readonly unregister: { readonly request: UnregisterRequest; readonly result: Record<string, never> };
  readonly release: { readonly request: ReleaseRequest; readonly result: ReleaseResult };
  readonly evidence: { readonly request: EvidenceRequest; readonly result: Evidence };
  readonly start: { readonly request: StartRequest; readonly result: StartResult };
  readonly runStarted: { readonly request: RunStartedRequest; readonly result: Record<string, never> };
  readonly runEnded: { readonly request: RunEndedRequest; readonly result: RunEndedResult };
  readonly openRun: { readonly request: OpenRunRequest; readonly result: OpenRunResult };
  readonly closeRun: { readonly request: CloseRunRequest; readonly result: HostSummary };
  readonly invite: { readonly request: InviteRequest; readonly result: InviteResult };
  readonly revoke: { readonly request: RevokeRequest; readonly result: RevokeResult };
  readonly summary: { readonly request: SummaryRequest; readonly result: HostSummary };
  readonly runInfo: { readonly request: RunInfoRequest; readonly result: RunInfoResult };
  readonly stop: { readonly request: StopRequest; readonly result: Record<string, never> };
  readonly status: { readonly request: StatusRequest; readonly result: StatusResult };
  readonly observe: { readonly request: ObserveRequest; readonly result: ObserveResult };
  readonly sharedWorker: { readonly request: SharedWorkerRequest; readonly result: SharedWorkerResult };
  readonly sharedWorkerState: { readonly request: SharedWorkerStateRequest; readonly result: SharedWorkerStateResult };
  readonly ping: { readonly request: PingRequest; readonly result: Record<string, never> };
  readonly pools: { readonly request: PoolsRequest; readonly result: PoolsResult };
  readonly problemShown: { readonly request: ProblemShownRequest; readonly result: ProblemShownResult };
  readonly stats: { readonly request: StatsRequest; readonly result: StatsResult };
}

export type CallRequest = MethodTable[keyof MethodTable]['request'];
/** What RESULT brings for a request. */
export type ResultOf<R extends CallRequest> = MethodTable[R['method']]['result'];
