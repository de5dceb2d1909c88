/** What the host gives to a pool and gets from it; users of a pool see none of it. */
import type { CancelSignal } from '../base/cancellation.ts';
import type { CarpoolError, Evidence } from '../base/errors.ts';
import type { HolderRun } from '../base/holder-label.ts';
import type { Clock } from '../base/clock.ts';
import type { Timeline } from '../base/timeline.ts';
import type { Codec } from '../codec/codec.ts';
import type { Messages, Protocol } from '../protocol/protocol.ts';
import type { PortSpace } from '../process/free-port.ts';
import type { PidFiles } from '../process/pid-files.ts';
import type { Conversation } from '../session/conversation.ts';
import type { Told } from '../session/passing.ts';
import type { RecordedPool } from '../base/transcript-keeper.ts';
import type { ChildCap } from './child-cap.ts';
import type { PoolSettings } from './options.ts';
import type { ReplayBook } from '../replay/replay-book.ts';
import type { RegisterOptions } from './types.ts';
import type { Notices } from './wait-notices.ts';

/** What a pool has from the process it is in. */
export interface PoolEnvironment {
  readonly clock?: Clock | undefined;
  /** Where started processes are recorded for a later sweep. */
  readonly started?: PidFiles | undefined;
  /** A private folder, for the temporary folders of children. Default: the system's temporary folder. */
  readonly folder?: string | undefined;
  /** Where ports of servers are reserved. Default: in this process alone. */
  readonly ports?: PortSpace | undefined;
  /** What the next child is made from, where several definitions of this pool are the same. Default: its settings. */
  readonly source?: (() => Promise<PoolSettings>) | undefined;
  /** Its sessions are answered from these recordings, and no child is started. Default: children are. */
  readonly replay?: ReplayBook | undefined;
  /** Bounds the children of this pool and others together. Default: nothing. */
  readonly cap?: ChildCap | undefined;
  /** Takes a sentence about what is wrong and fails no call. Default: a warning of the process. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Takes what a child has failed with; starts that fail alike once, until one succeeds. */
  readonly failed?: ((error: CarpoolError) => void) | undefined;
  /** What `stats` has of sessions with which fault was found is shown at the end of a run. Default false: each is a warning at once. */
  readonly summarised?: boolean | undefined;
  /** Takes what the pool waits for. Default: nothing says so. */
  readonly notices?: Notices | undefined;
  /** Takes sessions and children that are over. Default: nothing keeps them. */
  readonly timeline?: Timeline | undefined;
  /** Is told each message of its children. Default: nothing looks. */
  readonly passing?: Told | undefined;
  /** Takes what its sessions say. Default: there is no transcript. */
  readonly transcript?: RecordedPool | undefined;
  /** Where the child's stderr goes if `forwardStderr` is set. */
  readonly onStderr?: ((text: Uint8Array) => void) | undefined;
}

type OrUndefined<T> = { readonly [Key in keyof T]: T[Key] | undefined };

/** For the hub, which knows more of the caller. */
export interface OpenOptions extends OrUndefined<Omit<RegisterOptions, 'signal'>> {
  /** As in `RegisterOptions`; an `AbortSignal` is one. */
  readonly signal?: CancelSignal | undefined;
  /** Whose key `owner` is: the same key under another one does not collide. Default: the pool's own callers. */
  readonly ownerScope?: string | undefined;
  /** The test process, as in `SessionEvent`. */
  readonly worker?: string | undefined;
  /** Of several that share the pool. */
  readonly run?: HolderRun | undefined;
  /** Takes the call when it is over. Default: as in `PoolEnvironment`. */
  readonly timeline?: Timeline | undefined;
  /**
   * Takes what its session says: that is then opened for this call, not ahead of it, when it was not known whose it would
   * be. Default: as in `PoolEnvironment`.
   */
  readonly transcript?: RecordedPool | undefined;
  /** Takes the milliseconds for which it has waited for a slot, whether it got one or not, and whether for one more child of all pools. */
  readonly waited?: ((milliseconds: number, capped: boolean) => void) | undefined;
  /** Milliseconds that the test or hook which makes the call had left when it did. Default: any. */
  readonly timeLeft?: number | undefined;
  /** Milliseconds of `timeout` and `timeLeft` that have passed: other hosts were asked. Default 0. */
  readonly spent?: number | undefined;
  /** How many other hosts offer the pool, and have no free slot either. Absent: the call can go to no other host. */
  readonly fullElsewhere?: (() => number | undefined) | undefined;
  /**
   * Called each time it begins to wait in the queue: again where its child is retired or dies before the session is open. In
   * that turn `signal` may be aborted.
   */
  readonly queued?: (() => void) | undefined;
  /** Called each time it has a slot, and waits no longer for one. */
  readonly granted?: (() => void) | undefined;
  /** Whose the session will be, from the outside in: the worker, its file, its test. Default: not known. */
  readonly ownerPath?: readonly string[] | undefined;
}

/** A conversation that holds a slot. */
export interface Registration {
  readonly conversation: Conversation;
  readonly hello: unknown;
  /** What the protocol's `open` found out. */
  readonly opened: unknown;
  readonly codec: Codec;
  /** That of its child. */
  readonly protocol: Protocol<Messages>;
  readonly settings: PoolSettings;
  /** Its test waits until its end is confirmed: it may fail with what is found then. */
  readonly awaitsEnd: boolean;
  /** What it has waited for, in a sentence, where that took long. */
  readonly slotWait?: string | undefined;
  evidence(): Evidence;
  /** Where a call waits, also what the process of the child is seen to do. */
  activity(): Promise<string | undefined>;
  /** After its end that was not confirmed: its child went on meanwhile, so that no other session had blocked it. Only with `leaks: 'fail'`. */
  wentOn(): boolean;
  /** A test that can use it has failed: its own, or one of its file or worker. Resolves when it is known whether a server still answers. */
  testFailed(): Promise<void>;
  /** Its own test has failed, and its end follows: the timeline and the transcript say so when it is over. */
  ownTestFailed(): void;
  /** For when it is over: what tells the timeline and the transcript that its test has failed. It holds nothing of the session. */
  lateFailure(): () => void;
}
